"""One person's page in the trail: all of it, by kind and time, for whoever may see it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from audits.exports.models import Export
from audits.identity.actors import Actor
from audits.identity.events import ACT_REFUSED, KEY_CREATED, LOGGED_IN, LOGIN_FAILED
from audits.identity.memberships import members_at, memberships
from audits.identity.services.people import set_members, set_user
from audits.ledger.events import EventKind
from audits.ledger.models import Event
from audits.ledger.services import record
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL, People

pytestmark = pytest.mark.django_db
PAGE = "/admin/trail/by"


def note(
    actor: Actor, event: EventKind = KEY_CREATED, subject_type: str = "key", subject: str = "k"
) -> Event:
    with transaction.atomic():
        return record(event=event, actor=actor, subject_type=subject_type, subject=subject)


@pytest.fixture
def signed_in(people: People) -> Callable[[str], Client]:
    def as_person(name: str) -> Client:
        client = Client()
        client.force_login(getattr(people, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_person


def shown(client: Client, **asked: object) -> list[tuple[str, str]]:
    """The actor and kind of each entry on the page."""
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return [(row.event.actor, row.event.event) for row, _ in answer.context["rows"]]


@pytest.mark.requirement("soc-2/cc6-1")
def test_a_page_holds_all_that_one_person_did_and_nothing_else(people: People, signed_in) -> None:
    note(people.actor("steward"))
    note(people.actor("expert"))
    assert shown(signed_in("auditor"), actor="sten") == [("sten", KEY_CREATED.name)]


def test_a_key_with_a_person_s_name_is_somebody_else(people: People, signed_in) -> None:
    note(Actor(kind="service", name="sten"))
    note(people.actor("steward"), LOGGED_IN, "user", "sten")
    assert shown(signed_in("auditor"), actor="sten", type="service") == [("sten", KEY_CREATED.name)]
    assert shown(signed_in("auditor"), actor="sten") == [("sten", LOGGED_IN.name)]


@pytest.mark.parametrize(
    ("part", "kinds"),
    [
        ("all", {KEY_CREATED.name, LOGGED_IN.name, ACT_REFUSED.name}),
        ("sessions", {LOGGED_IN.name}),
        ("refused", {ACT_REFUSED.name}),
        ("signed", set()),
        ("account", {"identity.user.created", LOGGED_IN.name, LOGIN_FAILED.name}),
    ],
)
def test_parts_tell_acts_by_kind(people: People, signed_in, part: str, kinds: set[str]) -> None:
    sten = people.actor("steward")
    note(sten)
    note(sten, LOGGED_IN, "user", "sten")
    note(sten, ACT_REFUSED, "address", "/admin/policies/")
    note(SHELL, LOGIN_FAILED, "user", "sten")
    assert {kind for _, kind in shown(signed_in("auditor"), actor="sten", part=part)} == kinds


def test_sign_offs_stand_in_their_part(people: People, factory, signed_in) -> None:
    factory.approved(name="bank/letter")
    signers = Event.objects.filter(event="lifecycle.version.signed").values_list("actor", flat=True)
    found = shown(signed_in("auditor"), actor=signers[0], part="signed")
    assert (signers[0], "lifecycle.version.signed") in found


def test_times_narrow_it(people: People, signed_in) -> None:
    day = note(people.actor("steward")).recorded_at.date()
    before, after = day - timedelta(days=2), day + timedelta(days=2)
    assert shown(signed_in("auditor"), actor="sten", since=after) == []
    assert shown(signed_in("auditor"), actor="sten", until=before) == []
    assert len(shown(signed_in("auditor"), actor="sten", since=before, until=after)) == 1
    assert signed_in("auditor").get(PAGE, {"actor": "sten", "since": "soon"}).context["errors"]


def test_pages_follow_each_other_without_gap(people: People, signed_in) -> None:
    for _ in range(120):
        note(people.actor("steward"))
    client, seen, before = signed_in("auditor"), [], ""
    while True:
        answer = client.get(PAGE, {"actor": "sten", "before": before})
        seen += [row.event.pk for row, _ in answer.context["rows"]]
        before = answer.context["page"].older
        if not before:
            break
    mine = Event.objects.filter(actor="sten").order_by("-id")
    assert seen == list(mine.values_list("id", flat=True))


def test_the_number_of_queries_does_not_grow(
    people: People, signed_in, django_assert_max_num_queries
) -> None:
    for _ in range(60):
        note(people.actor("steward"))
    client = signed_in("auditor")
    with django_assert_max_num_queries(40):
        client.get(PAGE, {"actor": "sten"})


@pytest.mark.requirement("21-cfr-11/10-d")
def test_others_see_only_acts_on_prompts_they_see_and_no_roles(people: People, factory, signed_in) -> None:
    factory.draft(name="bank/letter")
    note(people.actor("author"), LOGGED_IN, "user", "ada")
    answer = signed_in("engineer").get(PAGE, {"actor": "ada"})
    assert {row.event.subject.partition("@")[0] for row, _ in answer.context["rows"]} == {"bank/letter"}
    assert answer.context["standing"].person is None
    assert "Roles over time" not in answer.content.decode()


@pytest.mark.parametrize("name", ["ada", "audra", "no-such-person"])
def test_a_stranger_does_not_learn_whether_there_is_such_a_person(people: People, factory, signed_in, name):
    factory.draft(name="bank/letter")
    assert signed_in("stranger").get(PAGE, {"actor": name}).status_code == 404


def test_a_reader_of_the_trail_finds_whoever_did_nothing_yet_and_nobody_else(
    people: People, signed_in
) -> None:
    assert signed_in("auditor").get(PAGE, {"actor": "leo"}).status_code == 200
    assert signed_in("auditor").get(PAGE, {"actor": "tests", "type": "service"}).status_code == 200
    for asked in ({"actor": "nobody-there"}, {"actor": "a\0b"}, {"actor": "sten", "type": "robot"}):
        assert signed_in("auditor").get(PAGE, asked).status_code == 404


def test_without_a_name_it_is_one_s_own_page(people: People, signed_in) -> None:
    answer = signed_in("expert").get(PAGE)
    assert answer.context["name"] == "dora"
    assert "Domain expert since" in answer.content.decode()


@pytest.mark.requirement("iso-42001/a-3-2")
def test_roles_are_told_over_time(people: People, signed_in) -> None:
    set_user(actor=SHELL, user=people.expert, roles=["ethics-officer"])
    standing = signed_in("auditor").get(PAGE, {"actor": "dora"}).context["standing"]
    told = {(role, row.ended_at is None) for role, row in standing.roles}
    assert told == {("Domain expert", False), ("Ethics officer", True)}
    assert [role for role, _ in standing.held] == ["Ethics officer"]


def test_memberships_are_told_over_time(people: People) -> None:
    admin, expert = people.actor("administrator"), people.expert
    begin = Event.objects.get(event="identity.team.created", subject="bank").recorded_at
    set_members(actor=admin, team=people.team, members=[people.author])
    left = Event.objects.latest("id").recorded_at
    set_members(actor=admin, team=people.team, members=[people.author, expert])
    told, unread = memberships("dora")
    assert [(row.team, row.until) for row in told] == [("bank", None), ("bank", left)]
    assert (told[1].since, told[1].ended_by, unread) == (begin, "admin", 0)


def test_members_at_a_moment_are_those_of_then(people: People) -> None:
    begin = Event.objects.get(event="identity.team.created", subject="bank").recorded_at
    set_members(actor=people.actor("administrator"), team=people.team, members=[people.author])
    end = Event.objects.latest("id").recorded_at
    assert members_at(["bank"], begin - timedelta(seconds=1)) == {"bank": set()}
    assert "dora" in (members_at(["bank"], begin)["bank"] or ())
    assert members_at(["bank"], end) == {"bank": {"ada"}}


def test_what_an_erased_entry_changed_is_not_guessed(people: People, signed_in) -> None:
    entry = Event.objects.get(event="identity.team.created", subject="bank")
    behind_the_back("UPDATE ledger_event SET payload = NULL, salt = NULL WHERE id = %s", entry.pk)
    assert members_at(["bank"], entry.recorded_at) == {"bank": None}
    page = signed_in("auditor").get(PAGE, {"actor": "dora"}).content.decode()
    assert "The content of 1 entry about teams is erased" in page


def test_the_export_takes_the_filters_of_the_page(people: People, signed_in) -> None:
    note(people.actor("steward"), LOGGED_IN, "user", "sten")
    client = signed_in("auditor")
    page = client.get(PAGE, {"actor": "sten", "part": "sessions"})
    values = {name: value for name, value in page.context["values"].items() if value}
    for name, value in values.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page.content.decode()
    client.post("/admin/trail/export", {**values, "format": "csv"})
    asked = Export.objects.latest("pk").asked
    assert asked == {"actor": "sten", "actor_type": "person", "event": values["event"]}


def test_entries_and_admin_pages_lead_to_it(people: People, signed_in) -> None:
    note(people.actor("steward"))
    client = signed_in("auditor")
    assert "/admin/trail/by?actor=sten&amp;type=person" in client.get("/admin/trail/").content.decode()
    person = client.get(f"/admin/identity/user/{people.steward.pk}/change/").content.decode()
    assert "/admin/trail/by?actor=sten" in person
    key = client.get(f"/admin/identity/serviceaccount/{people.service.pk}/change/").content.decode()
    assert "/admin/trail/by?actor=tests&amp;type=service" in key
