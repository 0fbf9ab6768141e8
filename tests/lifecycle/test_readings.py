"""What a signer must have opened, and the time on the page."""

from datetime import UTC, datetime, timedelta

import pytest

from audits.identity.errors import NotThere, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle.errors import NotRead
from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.models import Reading, SignOff
from prompts.lifecycle.readings import Opened, counted, unread
from prompts.lifecycle.services.readings import note_reading
from prompts.lifecycle.services.requests import withdraw

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_nothing_is_signed_before_what_changed_was_opened(people, factory, desk):
    request = factory.submitted()
    with pytest.raises(NotRead, match="what changed"):
        desk.sign(request, "steward", "steward", opened=False)
    assert not SignOff.objects.exists()


@pytest.mark.requirement("eu-ai-act/14")
def test_nothing_is_signed_before_every_failure_was_opened(people, factory, desk):
    request = factory.submitted()
    note_reading(actor=people.actor("steward"), request_id=request.pk, kind="failure", what="7")
    with pytest.raises(NotRead, match="one failure"):
        desk.sign(request, "steward", "steward", failures=["7", "8"])
    note_reading(actor=people.actor("steward"), request_id=request.pk, kind="failure", what="8")
    assert desk.sign(request, "steward", "steward", failures=["7", "8"]).pk


def test_what_another_person_opened_does_not_count(people, factory, desk):
    request = factory.submitted(risk_tier="high")
    desk.sign(request, "expert", "domain-expert")
    with pytest.raises(NotRead):
        desk.sign(request, "ethics_officer", "ethics-officer", opened=False)


def test_a_difference_to_another_text_is_another_one(people, factory, desk):
    request = factory.submitted()
    evidence = Evidence(compared_with={"version": 1, "digest": "a" * 64, "environment": "production"})
    with pytest.raises(NotRead):
        desk.sign(request, "steward", "steward", evidence=evidence, evidence_digest_seen=evidence.digest)


def test_the_seconds_on_the_page_stand_in_the_signature_and_in_its_entry(people, factory, desk):
    request, actor = factory.submitted(), people.actor("steward")
    note_reading(actor=actor, request_id=request.pk)
    Reading.objects.filter(kind="page").update(seconds=192)
    signed = desk.sign(request, "steward", "steward")
    event = Event.objects.get(event="lifecycle.version.signed")
    assert 192 <= signed.reading_seconds <= 192 + 60
    assert f'"reading_seconds":{signed.reading_seconds}' in event.payload


@pytest.mark.parametrize(
    ("gap", "is_opening", "seconds"),
    [(0, False, 10), (20, False, 30), (60, True, 70), (61, False, 70), (9999, False, 70), (9999, True, 10)],
)
def test_no_pause_counts_longer_than_a_minute(gap, is_opening, seconds):
    now = START + timedelta(seconds=gap)
    assert counted(10, START, now, is_opening=is_opening) == seconds


def test_a_clock_that_goes_back_takes_no_time_away():
    assert counted(10, START, START - timedelta(hours=1), is_opening=False) == 10


def test_what_is_left_is_told_in_words():
    opened = Opened(failures=frozenset({"1"}))
    assert unread(opened, compared="", failures=["1", "2", "3"]) == (
        "Open what changed and 2 failures before you sign."
    )
    assert unread(Opened(diffs=frozenset({""})), compared="", failures=[]) == ""


def test_only_open_requests_are_noted_and_only_by_those_who_see_them(people, factory):
    request = factory.submitted()
    with pytest.raises(NotThere):
        note_reading(actor=people.actor("stranger"), request_id=request.pk)
    withdraw(actor=people.actor("author"), request_id=request.pk)
    assert note_reading(actor=people.actor("steward"), request_id=request.pk) == 0
    assert not Reading.objects.exists()


@pytest.mark.parametrize("told", [{"kind": "all"}, {"what": "x" * 81}, {"what": "\0"}])
def test_something_else_cannot_be_opened(people, factory, told):
    request = factory.submitted()
    with pytest.raises(Unacceptable):
        note_reading(actor=people.actor("steward"), request_id=request.pk, **told)
