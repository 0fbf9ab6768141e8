"""The scheduler compares the model calls with the log once a day, in parts, and raises the alarm."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.ledger.keys import key_file
from audits.ledger.models import Alarm, Event
from audits.ledger.services import integrate
from prompts.observability import compared_hours
from prompts.observability.models import Call, CallComparison
from prompts.observability.services import compare_calls
from prompts.observability.services.compare_calls import MOST_LOST, compare_when_due
from prompts.observability.services.digest_hours import digest_hours
from prompts.observability.tasks import compare
from tests.observability.test_digest_hours import HOUR, TEN, called

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> list[Call]:
    """Three calls in three hours, all digested and in the tree."""
    made = [called(number, TEN + number * HOUR) for number in range(3)]
    assert digest_hours(now=TEN + 3 * HOUR + timedelta(minutes=6)) == 3
    integrate(wait=True)
    return made


def told() -> list[dict]:
    entries = Event.objects.filter(event="observability.calls.compared").order_by("id")
    return [json.loads(entry.payload) for entry in entries]


def test_nothing_is_compared_before_the_first_digest() -> None:
    compare()
    assert not CallComparison.objects.exists()


def test_the_task_compares_and_the_outcome_is_an_entry(rows) -> None:
    compare()
    row = CallComparison.objects.get()
    assert (row.ok, row.hours, row.calls, row.first_bad) == (True, 3, 3, "")
    assert told() == [{"ok": True, "hours": 3, "calls": 3, "amended": 0, "not_compared": 0, "first_bad": ""}]


def test_it_is_done_once_in_the_hours_that_are_set(rows, settings) -> None:
    now = timezone.now()
    assert compare_when_due(now=now) is not None
    assert compare_when_due(now=now + timedelta(hours=23)) is None
    assert compare_when_due(now=now + timedelta(hours=24)) is not None
    settings.LEDGER_VERIFY_HOURS = 2
    assert compare_when_due(now=now + timedelta(hours=27)) is not None
    assert [row.number for row in CallComparison.objects.order_by("pk")] == [1, 2, 3]


@pytest.mark.requirement("eu-ai-act/12")
def test_a_changed_call_raises_the_alarm_until_it_is_mended(rows) -> None:
    now = timezone.now()
    Call.objects.filter(pk=rows[1].pk).update(output="Hullo")
    for days in range(2):
        assert not compare_when_due(now=now + timedelta(days=2 * days)).ok
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.ended_at) == ("calls-differ", None)
    assert "calls of 2026-03-03 11:00 UTC: one of them was changed" in alarm.reason
    assert [one["ok"] for one in told()] == [False, False]
    assert CallComparison.objects.first().position is not None
    Call.objects.filter(pk=rows[1].pk).update(output="Hello")
    assert compare_when_due(now=now + timedelta(days=4)).ok
    alarm.refresh_from_db()
    assert alarm.ended_at is not None


def test_a_long_table_is_compared_in_parts(rows) -> None:
    now = timezone.now()
    for hours in range(1, 4):
        assert compare_when_due(now=now, budget=0) is None
        row = CallComparison.objects.get()
        assert (row.hours, row.finished_at, row.lease_until) == (hours, None, None)
    assert compare_when_due(now=now, budget=0).calls == 3
    assert len(told()) == 1


def test_a_note_that_the_key_did_not_seal_lets_nothing_be_passed_by(rows) -> None:
    now = timezone.now()
    compare_when_due(now=now, budget=0)
    Call.objects.filter(pk=rows[1].pk).update(output="Hullo")
    CallComparison.objects.update(reached=Event.objects.latest("id").pk, hours=3)
    assert not compare_when_due(now=now).ok


def test_without_the_key_one_part_still_comes_to_its_verdict(rows) -> None:
    key_file().unlink()
    compare_when_due(now=timezone.now(), budget=0)
    assert CallComparison.objects.get().hours == 0
    assert compare_when_due(now=timezone.now()).hours == 3


def test_another_process_keeps_off_while_one_is_at_it(rows) -> None:
    now = timezone.now()
    CallComparison.objects.create(number=1, started_at=now, lease_until=now + timedelta(minutes=1), lost=1)
    assert compare_when_due(now=now) is None
    assert compare_when_due(now=now + timedelta(minutes=2)).ok


def test_one_that_never_comes_to_its_end_raises_an_alarm_and_the_next_one_ends_it(rows) -> None:
    now = timezone.now()
    ago = now - timedelta(hours=1)
    CallComparison.objects.create(number=1, started_at=ago, lease_until=ago, lost=MOST_LOST + 1)
    assert compare_when_due(now=now) is None
    assert Alarm.objects.get().kind == "calls-unread"
    assert CallComparison.objects.get().ok is None
    assert compare_when_due(now=now + timedelta(days=1)).ok
    assert Alarm.objects.get().ended_at is not None


def test_what_is_added_while_it_is_under_way_is_no_fault(rows, people, monkeypatch) -> None:
    """An application adds to a call after the entries of additions were read, before its hour is."""
    from tests.observability.test_compared_hours import add

    genuine, late = compared_hours.digest_of, []

    def read(hour, columns):
        if not late:
            late.append(hour)
            with monkeypatch.context() as patch:
                add(people, rows[2], patch, TEN + 9 * HOUR)
        return genuine(hour, columns)

    monkeypatch.setattr(compared_hours, "digest_of", read)
    row = compare_when_due(now=timezone.now())
    assert (row.ok, row.amended, row.first_bad) == (True, 1, "")


def test_a_part_is_noted_every_few_seconds(rows, monkeypatch) -> None:
    monkeypatch.setattr(compare_calls, "EVERY", 0.0)
    row = compare_when_due(now=timezone.now())
    assert (row.ok, row.hours) == (True, 3)
    assert CallComparison.objects.get().lost == 0
