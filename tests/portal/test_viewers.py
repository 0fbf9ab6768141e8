"""Who could see a prompt at a moment: right before, between and after grants, memberships and keys."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audits.identity.errors import Refused
from audits.identity.services.keys import create_key, revoke_key
from audits.identity.services.people import set_members, set_user
from audits.ledger.models import Event
from portal.selectors.viewers import Viewers, viewers_at
from portal.services.export_viewers import export_viewers
from prompts.registry.models import CollectionUserPermission, Prompt
from prompts.registry.services.grants import give, grant_right, revoke_right
from prompts.registry.services.rename import rename_prompt
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL, People

pytestmark = pytest.mark.django_db
TEAM = {"ada", "emil", "sten", "dora", "doku"}
READERS = {"etta", "audra", "admin"}


@pytest.fixture
def prompt(factory) -> Prompt:
    return factory.draft(name="bank/letter").prompt


def names(found: Viewers) -> set[str]:
    return {one.name for one in found.people}


def why(found: Viewers, name: str) -> list[str]:
    return [
        reason.words for one in [*found.people, *found.keys] if one.name == name for reason in one.reasons
    ]


def last() -> datetime:
    return Event.objects.latest("id").recorded_at


def put_right(people: People) -> None:
    """The stage's leaver was shut out without an entry; here he never was in the team."""
    members = [user for user in people.team.group.user_set.all() if user != people.leaver]
    set_members(actor=SHELL, team=people.team, members=members)
    set_user(actor=SHELL, user=people.leaver, roles=[], is_active=False)


def test_the_team_and_the_roles_that_read_everything_see_it_now(people: People, prompt: Prompt) -> None:
    put_right(people)
    found = viewers_at(prompt)
    assert names(found) == TEAM | READERS
    assert why(found, "dora") == ["in the team bank, whose right was granted on the collection bank"]
    assert why(found, "audra") == ["the role Compliance auditor, which reads everything"]


@pytest.mark.requirement("soc-2/cc6-1", "hipaa/312-b")
def test_a_grant_counts_from_its_entry_until_it_is_revoked(people: People, prompt: Prompt) -> None:
    before = last()
    grant_right(actor=SHELL, user_or_group=people.stranger, right="view", on=prompt)
    given = last()
    revoke_right(actor=SHELL, user_or_group=people.stranger, right="view", on=prompt)
    taken = last()
    told = ["stranger" in names(viewers_at(prompt, moment)) for moment in (before, given, taken)]
    assert told == [False, True, False]
    assert why(viewers_at(prompt, given), "stranger") == ["a right granted on this prompt"]


def test_a_right_that_comes_with_another_and_a_right_that_stays(people: People, prompt: Prompt) -> None:
    grant_right(actor=SHELL, user_or_group=people.stranger, right="write", on=prompt)
    revoke_right(actor=SHELL, user_or_group=people.stranger, right="write", on=prompt)
    assert "stranger" in names(viewers_at(prompt, last()))


def test_a_grant_on_the_collection_to_another_team_counts(people: People, prompt: Prompt, bank) -> None:
    before = last()
    grant_right(actor=SHELL, user_or_group=people.other_team.group, right="view", on=bank)
    assert "stranger" not in names(viewers_at(prompt, before))
    told = why(viewers_at(prompt, last()), "stranger")
    assert told == ["in the team elsewhere, whose right was granted on the collection bank"]


@pytest.mark.requirement("soc-2/cc6-1", "hipaa/312-b")
def test_a_membership_counts_until_it_ends(people: People, prompt: Prompt) -> None:
    inside = last()
    set_members(actor=SHELL, team=people.team, members=[people.author])
    ended = last()
    set_members(actor=SHELL, team=people.team, members=[people.author, people.expert])
    told = ["dora" in names(viewers_at(prompt, moment)) for moment in (inside, ended, last())]
    assert told == [True, False, True]


def test_a_role_that_reads_everything_counts_while_it_is_held(people: People, prompt: Prompt) -> None:
    held = timezone.now()
    set_user(actor=SHELL, user=people.auditor, roles=["engineer"])
    assert "audra" in names(viewers_at(prompt, held))
    assert "audra" not in names(viewers_at(prompt))


def test_who_was_shut_out_could_not_see_it_then(people: People, prompt: Prompt) -> None:
    before = last()
    set_user(actor=SHELL, user=people.expert, roles=["domain-expert"], is_active=False)
    out = last()
    set_user(actor=SHELL, user=people.expert, roles=["domain-expert"])
    told = ["dora" in names(viewers_at(prompt, moment)) for moment in (before, out, last())]
    assert told == [True, False, True]


def test_access_that_has_ended_shuts_out_and_one_that_will_does_not(people: People, prompt: Prompt) -> None:
    over, later = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    set_user(actor=SHELL, user=people.auditor, roles=["auditor"], access_ends_at=later)
    lasts = last()
    set_user(actor=SHELL, user=people.auditor, roles=["auditor"], access_ends_at=over)
    assert ["audra" in names(viewers_at(prompt, moment)) for moment in (lasts, last())] == [True, False]


def test_nobody_could_see_what_was_not_there(people: People, prompt: Prompt) -> None:
    found = viewers_at(prompt, prompt.created_at - timedelta(seconds=1))
    assert (found.people, found.keys) == ([], [])
    assert found.untold == ["The prompt was not there yet."]


def test_keys_read_what_was_released_where_they_read(people: People, factory) -> None:
    version = factory.released(name="bank/letter")
    prompt = Prompt.objects.get(name="bank/letter")
    assert why(viewers_at(prompt), "tests") == ["what was released to production"]
    assert not viewers_at(prompt, prompt.created_at).keys
    assert version is not None


def test_a_key_counts_from_its_making_until_it_is_revoked(people: People, prompt: Prompt) -> None:
    before = timezone.now()
    key = create_key(actor=SHELL, name="robot", all_collections=True, verbs=["read_drafts"]).account
    lives = timezone.now()
    revoke_key(actor=SHELL, account=key, reason="lost")
    told = [why(viewers_at(prompt, moment), "robot") for moment in (before, lives, timezone.now())]
    assert told == [[], ["every version, drafts too"], []]


def test_a_key_of_another_collection_does_not_count(people: People, prompt: Prompt) -> None:
    create_key(actor=SHELL, name="robot", collections=["elsewhere"], verbs=["read_drafts"])
    assert why(viewers_at(prompt), "robot") == []


def test_grants_under_a_former_name_count(people: People, prompt: Prompt) -> None:
    grant_right(actor=SHELL, user_or_group=people.stranger, right="view", on=prompt)
    renamed = rename_prompt(
        actor=people.actor("steward"), prompt_id=prompt.pk, name="bank/notice", reason="Clearer."
    )
    assert "stranger" in names(viewers_at(renamed, last()))


def test_a_right_without_an_entry_is_told_as_such(people: People, prompt: Prompt, bank) -> None:
    give(people.stranger, "view", bank)
    found = viewers_at(prompt)
    assert why(found, "stranger") == ["rights that are stored, of which no entry tells"]
    assert "Stranger sees it today and no entry says why: since when cannot be told." in found.untold
    assert "stranger" not in names(viewers_at(prompt, last()))


def test_a_right_that_is_gone_without_an_entry_is_told_as_such(people: People, prompt: Prompt, bank) -> None:
    grant_right(actor=SHELL, user_or_group=people.stranger, right="view", on=bank)
    CollectionUserPermission.objects.filter(user=people.stranger).delete()
    found = viewers_at(prompt)
    assert "stranger" not in names(found)
    assert any(words.startswith("By the entries Stranger sees it today") for words in found.untold)


def test_what_erased_entries_said_is_not_guessed(people: People, prompt: Prompt) -> None:
    grant_right(actor=SHELL, user_or_group=people.stranger, right="view", on=prompt)
    behind_the_back(
        "UPDATE ledger_event SET payload = NULL, salt = NULL WHERE event IN (%s, %s)",
        "registry.right.granted",
        "identity.team.created",
    )
    found = viewers_at(prompt, last())
    assert any("1 entry about rights is erased" in words for words in found.untold)
    assert "Who was in the team bank cannot be told: its entry is erased." in found.untold


def test_the_file_says_the_same_and_is_an_entry(people: People, prompt: Prompt) -> None:
    moment = last()
    text = export_viewers(actor=people.actor("auditor"), prompt=prompt, at=moment)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    found = viewers_at(prompt, moment)
    assert {row["name"] for row in rows if row["kind"] == "person"} == names(found)
    assert {row["reason"] for row in rows if row["kind"] == "untold"} == set(found.untold)
    assert Event.objects.latest("id").event == "portal.viewers.exported"


@pytest.mark.parametrize("who", ["author", "steward", "expert", "documentarian", "stranger", "leaver"])
def test_only_readers_of_the_whole_trail_get_the_file(people: People, prompt: Prompt, who: str) -> None:
    with pytest.raises(Refused):
        export_viewers(actor=people.actor(who), prompt=prompt)


def test_the_page_shows_a_moment_and_tells_a_bad_one(people: People, prompt: Prompt) -> None:
    client = Client()
    client.force_login(people.auditor, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/admin/prompts/{prompt.pk}/viewers"
    assert "in the team bank" in client.get(address).content.decode().lower()
    assert "not there yet" in client.get(address, {"at": "2020-01-01T09:00"}).content.decode()
    for typed in ("soon", "2020-13-40T99:00", "2999-01-01T00:00"):
        assert client.get(address, {"at": typed}).context["error"]
    sent = client.post(f"{address}.csv", {"at": ""})
    assert sent["Content-Type"] == "text/csv; charset=utf-8"
    assert address in client.get(f"/admin/prompts/{prompt.pk}/?tab=access").content.decode()
