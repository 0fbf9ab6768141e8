"""The audit trail page: everybody sees what he may, finds it, opens it, verifies it and takes it along."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.test import Client

from audits.exports.models import Export
from audits.exports.services.work_on_export import work_on_export
from audits.identity.actors import Actor
from audits.identity.events import KEY_CREATED
from audits.ledger import notes
from audits.ledger.models import Checkpoint, Event
from audits.ledger.proof_files import tlog_proof
from audits.ledger.selectors import newest_checkpoint
from audits.ledger.services import integrate, record
from portal.selectors.trail_rows import visible_events
from prompts.registry.models import Collection
from prompts.registry.services.prompts import create_prompt
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL, People

pytestmark = pytest.mark.django_db
TRAIL = "/admin/trail/"


@pytest.fixture
def bank_prompt(people: People) -> str:
    """A prompt of the bank and one of another team, each with an event."""
    for slug in ("bank", "elsewhere"):
        collection = Collection.objects.get(slug=slug)
        create_prompt(actor=SHELL, name=f"{slug}/letter", collection=collection, text="Dear {{name}}")
    return "bank/letter"


def note(subject: str, subject_type: str = "version", **rest: object) -> Event:
    with transaction.atomic():
        return record(event=KEY_CREATED, actor=SHELL, subject_type=subject_type, subject=subject, **rest)


@pytest.fixture
def signed_in(people: People) -> Callable[[str], Client]:
    def as_person(name: str) -> Client:
        client = Client()
        client.force_login(getattr(people, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_person


def exported(client: Client, **asked: str) -> Any:
    """The file that a worker makes of what the page's form asks for."""
    sent = client.post(f"{TRAIL}export", asked)
    assert (sent.status_code, sent["Location"]) == (302, "/admin/exports/")
    made = work_on_export(export_id=Export.objects.latest("pk").pk)
    return client.get(f"/admin/exports/{made.pk}/file")


def subjects(client: Client, **asked: str) -> set[str]:
    """All subjects that the exported CSV names for this person."""
    answer = exported(client, format="csv", **asked)
    assert answer.status_code == 200, answer
    text = b"".join(answer.streaming_content).decode()
    return {row["subject"] for row in csv.DictReader(io.StringIO(text, newline=""))}


@pytest.mark.parametrize("name", ["auditor", "ethics_officer", "administrator"])
def test_readers_of_the_whole_trail_see_every_event(people: People, bank_prompt: str, name: str) -> None:
    assert visible_events(people.actor(name)).count() == Event.objects.count()


@pytest.mark.parametrize("name", ["author", "engineer", "steward", "expert", "documentarian", "stranger"])
def test_others_see_the_events_of_the_prompts_they_see(people: People, bank_prompt: str, name: str) -> None:
    for kind, tail in (("version", "@3"), ("release", "@3 to production"), ("key", ""), ("user", "")):
        note(f"bank/letter{tail}", kind)
        note(f"elsewhere/letter{tail}", kind)
    note("bank/letterhead@1")
    mine = "elsewhere/letter" if name == "stranger" else "bank/letter"
    found = set(visible_events(people.actor(name)).values_list("subject_type", "subject"))
    assert {subject for _, subject in found} == {mine, f"{mine}@3", f"{mine}@3 to production"}
    assert {kind for kind, _ in found} == {"prompt", "version", "release"}


def test_nobody_deactivated_sees_anything(people: People, bank_prompt: str) -> None:
    assert not visible_events(people.actor("leaver")).exists()


def test_page_search_and_export_show_the_same_part(signed_in, bank_prompt: str) -> None:
    client = signed_in("engineer")
    page = client.get(TRAIL, {"q": "letter"}).content.decode()
    assert "bank/letter" in page
    assert "elsewhere" not in page
    assert (
        subjects(client)
        == subjects(client, q="letter")
        == {"bank/letter", "bank/letter@1"} & subjects(client)
    )
    assert "elsewhere/letter" in subjects(signed_in("auditor"), q="letter")


def test_an_entry_of_others_is_not_there(signed_in, bank_prompt: str) -> None:
    hidden = Event.objects.filter(subject="elsewhere/letter")[0]
    assert signed_in("engineer").get(TRAIL, {"entry": hidden.uuid}).status_code == 404
    assert signed_in("auditor").get(TRAIL, {"entry": hidden.uuid}).status_code == 200
    assert signed_in("auditor").get(TRAIL, {"entry": "nonsense"}).status_code == 404


def test_an_open_entry_shows_its_content_and_its_proof(signed_in, bank_prompt: str) -> None:
    event = note("bank/letter@1", reason="<script>alert(1)</script>", payload={"digest": "ab" * 32})
    head = integrate()
    page = signed_in("auditor").get(TRAIL, {"entry": event.uuid}).content.decode()
    assert f"in the tree of {head.size}" in page
    assert "equal</span>" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


@pytest.mark.requirement("21-cfr-11/10-a")
def test_the_badge_tells_what_is_proven_what_waits_and_what_is_altered(signed_in, bank_prompt: str) -> None:
    altered, client = note("bank/letter@1"), signed_in("auditor")
    integrate()
    note("bank/letter@2")
    assert (
        "Does not verify" not in client.get(TRAIL).content.decode().split("<tbody>")[1].split("</tbody>")[0]
    )
    behind_the_back("UPDATE ledger_event SET reason = 'forged' WHERE id = %s", altered.pk)
    page = client.get(TRAIL, {"entry": altered.uuid}).content.decode()
    rows = page.split("<tbody>", 1)[1]
    assert all(word in rows for word in ("Proven", "Next checkpoint", "Does not verify"))
    assert "reason: the column is not what was recorded" in rows


@pytest.mark.requirement("sec-17a-4/f-2-ii")
def test_verify_now_tells_and_records_the_outcome(signed_in, bank_prompt: str) -> None:
    client = signed_in("auditor")
    integrate()
    assert "no gap, none altered" in client.post(f"{TRAIL}verify", follow=True).content.decode()
    behind_the_back("UPDATE ledger_leaf SET leaf_hash = %s WHERE position = 1", "0" * 64)
    assert "does not verify at entry 1" in client.post(f"{TRAIL}verify", follow=True).content.decode()
    assert Event.objects.filter(event="exports.trail.verified").count() == 2


def test_an_old_checkpoint_is_checked(signed_in, bank_prompt: str) -> None:
    client = signed_in("auditor")
    kept = integrate().note
    note("bank/letter@9")
    integrate()
    check = f"{TRAIL}check"
    assert "Consistent: none" in client.post(check, {"note": kept}, follow=True).content.decode()
    other = kept.replace(kept.split("\n")[2], "A" * 43 + "=")
    assert "Not consistent" in client.post(check, {"note": other}, follow=True).content.decode()
    assert "no checkpoint" in client.post(check, {"note": "hello"}, follow=True).content.decode()
    header = exported(client, format="jsonl")["X-Imprimatur-Checkpoint"]
    assert "Consistent: none" in client.post(check, {"note": header}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("body = replace(body, 'key', 'kex')", "the recorded bytes do not give"),
        ("actor = 'mallory'", "actor: the column is not"),
        ("payload = NULL, salt = NULL", "payload: it is gone"),
    ],
)
def test_a_checkpoint_does_not_call_entries_unaltered_that_were_altered_beside_the_tree(
    signed_in, bank_prompt: str, statement: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = note("a key")
    kept = integrate().note
    behind_the_back(f"UPDATE ledger_event SET {statement} WHERE id = %s", event.pk)  # noqa: S608
    client = signed_in("auditor")
    page = client.post(f"{TRAIL}check", {"note": kept}).content.decode()
    assert f"Not consistent: entry {event.leaf.position}" in page
    assert told in page
    monkeypatch.setattr("portal.selectors.kept_checkpoint.AT_ONCE", 1)
    page = client.post(f"{TRAIL}check", {"note": kept}).content.decode()
    assert "Consistent: the signed log begins with its" in page
    assert "a verification reads" in page


@pytest.mark.parametrize("address", ["verify", "check"])
def test_only_readers_of_the_whole_trail_verify(signed_in, bank_prompt: str, address: str) -> None:
    assert signed_in("engineer").post(f"{TRAIL}{address}").status_code == 403


def test_the_checkpoint_can_be_kept(signed_in, bank_prompt: str) -> None:
    client = signed_in("engineer")
    assert client.get(f"{TRAIL}checkpoint").status_code == 404
    integrate()
    assert client.get(f"{TRAIL}checkpoint").content.decode() == Checkpoint.objects.get().note


@pytest.mark.parametrize("asked", [{"since": "yesterday"}, {"until": "2026-02-31"}, {"q": "a\0b"}])
def test_a_filter_that_cannot_be_read_is_told_and_finds_nothing(signed_in, bank_prompt: str, asked) -> None:
    answer = signed_in("auditor").get(TRAIL, asked)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not answer.context["rows"]


def test_pages_follow_each_other_without_gap(signed_in, bank_prompt: str) -> None:
    for number in range(120):
        note(f"bank/letter@{number}")
    client, seen, before = signed_in("auditor"), [], None
    while True:
        answer = client.get(TRAIL, {"before": before} if before else {})
        seen += [row.event.pk for row, _ in answer.context["rows"]]
        before = answer.context["page"].older
        if not before:
            break
    assert seen == list(Event.objects.order_by("-id").values_list("id", flat=True))


def test_the_number_of_queries_does_not_grow_with_the_log(
    signed_in, bank_prompt: str, django_assert_max_num_queries
) -> None:
    client = signed_in("auditor")
    for number in range(60):
        note(f"bank/letter@{number}")
    integrate()
    with django_assert_max_num_queries(40):
        client.get(TRAIL, {"entry": Event.objects.order_by("-id")[5].uuid})


def test_an_empty_part_says_what_to_do_next(signed_in, people: People) -> None:
    assert "Nothing was recorded yet" in signed_in("engineer").get(TRAIL).content.decode()
    nothing = signed_in("auditor").get(TRAIL, {"q": "no such words"}).content.decode()
    assert "No entry that you may see matches" in nothing


def test_the_portal_itself_and_shells_export_nothing_here(people: People) -> None:
    assert not visible_events(Actor.for_account(people.service)).exists()


def test_an_entry_s_proof_is_a_file_for_other_programs(signed_in, bank_prompt: str) -> None:
    client = signed_in("author")
    integrate()
    event = Event.objects.filter(subject=bank_prompt).select_related("leaf").first()
    answer = client.get(f"{TRAIL}proof", {"entry": str(event.uuid)})
    head = newest_checkpoint()
    assert answer.content.decode() == tlog_proof(event.leaf.position, head)
    assert f'filename="entry-{event.leaf.position}.tlog-proof"' in answer["Content-Disposition"]
    unseen = Event.objects.filter(subject_type="user").first()
    assert client.get(f"{TRAIL}proof", {"entry": str(unseen.uuid)}).status_code == 404
    proof = client.get(f"{TRAIL}consistency", {"size": 2}).content.decode()
    assert proof.startswith("old 2\n")
    assert proof.endswith(f"\n\n{head.note}")


def test_a_kept_checkpoint_that_does_not_fit_is_told_in_which_way(signed_in, bank_prompt: str) -> None:
    client = signed_in("auditor")
    head = integrate()
    origin, key = notes.parse(head.note).tree.origin, Ed25519PrivateKey.generate()

    def told(tree: notes.Tree, signer: Ed25519PrivateKey | None = None) -> str:
        note = notes.sign(tree, signer, head.signed_at) if signer else tree.text
        return client.post(f"{TRAIL}check", {"note": note}).content.decode()

    other = notes.Tree("elsewhere.example/log", head.size, head.root)
    assert "It is of another log: elsewhere.example/log." in told(other)
    mine = notes.Tree(origin, head.size, head.root)
    assert "signed it" in told(mine, key)
    assert "None of this log" in told(mine, key)
    assert "It carries no signature" in told(mine)
    assert "restored from an old backup?" in told(notes.Tree(origin, head.size + 5, head.root))
    assert "are not as it described them" in told(notes.Tree(origin, head.size - 1, head.root))
    kept = client.post(f"{TRAIL}check", {"note": head.note}).content.decode()
    assert "A key of this log signed it." in kept
    assert f"/admin/trail/consistency?size={head.size}" in kept
