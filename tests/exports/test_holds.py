"""A legal hold keeps content from being erased, whoever asks for it, until another person releases it."""

import pytest
from django.db import IntegrityError, transaction

from audits.exports.held import any_of, held
from audits.exports.models import LegalHold
from audits.exports.services.erasures import confirm_erasure, propose_erasure
from audits.exports.services.holds import place_hold, release_hold
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.events import KEY_CREATED
from audits.ledger.models import Event
from audits.ledger.services import integrate, record
from prompts.registry.services.rename import rename_prompt
from tests.people import SHELL
from tests.portal.failing import a_run, a_suite

pytestmark = pytest.mark.django_db


def hold(people, scope: str, name: str = "", who: str = "auditor") -> LegalHold:
    return place_hold(
        actor=people.actor(who), scope=scope, name=name, reason="A claim.", reference="Case 7/2026"
    )


def happened(subject: str, subject_type: str = "prompt", actor=SHELL, **payload: object) -> Event:
    with transaction.atomic():
        row = record(
            event=KEY_CREATED, actor=actor, subject_type=subject_type, subject=subject, payload=payload
        )
    integrate(wait=True)
    return row


def is_held(row: Event) -> bool:
    return Event.objects.filter(any_of(held()), pk=row.pk).exists()


@pytest.mark.parametrize(
    ("scope", "name", "kept", "free"),
    [
        ("everything", "", ("anything", "key"), None),
        ("kind", "identity.key.created", ("anything", "key"), None),
        ("kind", "identity.key.revoked", None, ("anything", "key")),
        ("prompt", "bank/letter", ("bank/letter", "prompt"), ("bank/letters", "prompt")),
        ("prompt", "bank/letter", ("bank/letter@2", "version"), ("Bank/letter@2", "version")),
        ("prompt", "bank/letter", ("bank/letter in production", "prompt"), ("bank/other", "prompt")),
        ("collection", "bank", ("bank/letter@2 to production", "release"), ("banks/letter@2", "version")),
        ("collection", "bank", ("bank", "collection"), ("bank", "team")),
        ("person", "ada", ("ada", "user"), ("adam", "user")),
        ("run", "12", ("run 12", "run"), ("run 123", "run")),
        ("other", "Nightly", ("Nightly", "suite"), ("nightly", "suite")),
    ],
)
def test_it_reaches_what_it_names_and_no_more(people, scope, name, kept, free) -> None:
    hold(people, scope, name)
    assert kept is None or is_held(happened(*kept))
    assert free is None or not is_held(happened(*free))


def test_it_reaches_entries_that_mention_it_and_what_a_person_did(people) -> None:
    hold(people, "prompt", "bank/letter")
    hold(people, "person", people.author.username)
    assert is_held(happened("production", "adoption", texts=["bank/letter@3"]))
    assert is_held(happened("something", "suite", actor=people.actor("author")))
    assert is_held(happened("bank", "team", members=["ada", "emil"]))
    assert not is_held(happened("bank", "team", members=["emil"]))


def test_a_prompt_that_was_renamed_is_held_under_all_its_names(people, factory) -> None:
    version = factory.draft("bank/letter")
    hold(people, "prompt", "bank/letter")
    rename_prompt(
        actor=people.actor("steward"), prompt_id=version.prompt_id, name="bank/note", reason="Clearer."
    )
    assert is_held(happened("bank/note@1", "version"))
    assert is_held(happened("bank/letter@1", "version"))


def test_runs_of_a_held_prompt_are_held(people, bank, factory) -> None:
    run = a_run(factory.draft("bank/letter"), a_suite(bank, "short"), short="pass")["short"].run
    hold(people, "collection", "bank")
    assert is_held(happened(str(run), "run"))
    assert not is_held(happened(f"run {run.pk}0", "run"))


@pytest.mark.requirement("gdpr/17")
def test_a_personal_erasure_of_what_is_held_is_refused_and_says_why(people) -> None:
    entry = happened("anna", "key", name="Anna Example").leaf.position
    officer = people.actor("ethics_officer")
    waiting = propose_erasure(actor=people.actor("auditor"), positions=str(entry), reason="She asked.")
    row = hold(people, "other", "anna")
    with pytest.raises(Conflict, match=rf"under legal hold {row.pk} \(Case 7/2026\): it is erased once"):
        confirm_erasure(actor=officer, proposal_id=waiting.pk)
    with pytest.raises(Unacceptable, match="under legal hold"):
        propose_erasure(actor=officer, positions=str(entry), reason="She asked again.")
    release_hold(actor=officer, hold_id=row.pk, reason="It was settled.")
    confirm_erasure(actor=officer, proposal_id=waiting.pk)
    assert Event.objects.get(leaf__position=entry).payload is None


def test_it_takes_another_person_to_release(people) -> None:
    row = hold(people, "everything")
    with pytest.raises(Refused, match="You placed it"):
        release_hold(actor=people.actor("auditor"), hold_id=row.pk, reason="Over.")
    for who in ("steward", "author", "service"):
        with pytest.raises(Refused):
            release_hold(actor=people.actor(who), hold_id=row.pk, reason="Over.")
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.filter(pk=row.pk).update(released_by=row.placed_by, released_at=row.placed_at)
    release_hold(actor=people.actor("administrator"), hold_id=row.pk, reason="The claim was settled.")
    with pytest.raises(Conflict, match="released before"):
        release_hold(actor=people.actor("administrator"), hold_id=row.pk, reason="Again.")


def test_both_are_entries_and_history(people) -> None:
    row = hold(people, "person", "ada")
    release_hold(actor=people.actor("administrator"), hold_id=row.pk, reason="The claim was settled.")
    placed = Event.objects.get(event="exports.hold.placed")
    released = Event.objects.get(event="exports.hold.released")
    assert (placed.actor, placed.subject, placed.reason) == ("audra", "the person ada", "A claim.")
    assert (released.actor, released.reason) == ("admin", "The claim was settled.")
    assert [old.history_actor for old in row.history.order_by("history_id")] == ["audra", "admin"]


@pytest.mark.parametrize(
    ("scope", "name", "why"),
    [
        ("nonsense", "x", "Choose what is held"),
        ("everything", "x", "has no name"),
        ("prompt", "  ", "Name what is held"),
        ("kind", "no.such.kind", "no kind of entries"),
        ("run", "twelve", "by its number"),
    ],
)
def test_holds_of_nothing_are_refused(people, scope, name, why) -> None:
    with pytest.raises(Unacceptable, match=why):
        hold(people, scope, name)


def test_who_may_not_place_one(people) -> None:
    for who in ("steward", "author", "expert", "stranger", "service"):
        with pytest.raises(Refused):
            hold(people, "everything", who=who)
    with pytest.raises(Unacceptable, match="Name the case"):
        place_hold(
            actor=people.actor("auditor"), scope="everything", name="", reason="A claim.", reference=""
        )
