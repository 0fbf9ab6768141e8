"""Calls that were changed, added or removed after their digest are found; additions of keys are told."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audits.ledger.models import Event
from audits.ledger.services import integrate
from prompts.observability import hours
from prompts.observability.compared_hours import compare_hours
from prompts.observability.models import Call
from prompts.observability.records import CallData
from prompts.observability.services.amend_calls import amend_calls
from prompts.observability.services.digest_hours import digest_hours
from tests.observability.test_digest_hours import TEN, called

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def row() -> Call:
    """The second of three calls; their hour and the next are digested."""
    rows = [called(number, TEN + timedelta(minutes=number)) for number in range(3)]
    called(9, TEN + HOUR)
    assert digest_hours(now=TEN + 2 * HOUR + timedelta(minutes=6)) == 2
    return rows[1]


def test_calls_that_nobody_touched_fit(row) -> None:
    found = compare_hours()
    assert (found.hours, found.amended, found.not_compared, found.first_bad) == (2, 0, 0, "")


@pytest.mark.parametrize("change", [{"output": "Hullo"}, {"cost": "0.01"}, {"account": "other"}])
def test_a_changed_call_is_found(row, change) -> None:
    integrate(wait=True)
    Call.objects.filter(pk=row.pk).update(**change)
    found = compare_hours()
    assert (
        found.first_bad == "calls of 2026-03-03 10:00 UTC: one of them was changed since they were digested"
    )
    assert found.position is not None


def test_removed_and_added_calls_are_found(row) -> None:
    row.delete()
    assert compare_hours().first_bad.endswith("3 were received, 2 are there")
    called(20, TEN)
    called(21, TEN)
    assert compare_hours().first_bad.endswith("3 were received, 4 are there")


def add(people, row: Call, monkeypatch, now: datetime) -> None:
    """The key that told the call adds its output."""
    Call.objects.filter(pk=row.pk).update(account=people.service.name)
    monkeypatch.setattr(timezone, "now", lambda: now)
    told = CallData(trace_id=row.trace_id, span_id="s", started_at=row.started_at, output="More")
    amend_calls(actor=people.actor("service"), calls=[told])


def test_what_a_key_adds_later_is_an_entry_and_no_fault(people, monkeypatch) -> None:
    row = called(1, TEN)
    Call.objects.update(account=people.service.name)
    digest_hours(now=TEN + HOUR + timedelta(minutes=6))
    add(people, row, monkeypatch, TEN + 5 * HOUR)
    told = Event.objects.get(event="observability.calls.amended")
    assert (told.actor, told.subject) == ("tests", "calls of 2026-03-03 10:00 UTC")
    found = compare_hours()
    assert (found.first_bad, found.hours, found.amended) == ("", 1, 1)
    row.delete()
    assert compare_hours().first_bad.endswith("1 were received, 0 are there")


def test_what_is_added_in_time_needs_no_entry(people, monkeypatch) -> None:
    row = called(1, TEN)
    add(people, row, monkeypatch, TEN + HOUR + timedelta(minutes=3))
    assert not Event.objects.filter(event="observability.calls.amended").exists()
    digest_hours(now=TEN + HOUR + timedelta(minutes=6))
    assert compare_hours().first_bad == ""


def test_additions_while_a_digest_may_be_read_are_told() -> None:
    assert hours.closes(TEN) == datetime(2026, 3, 3, 11, 4, tzinfo=UTC)


def test_a_draft_that_is_discarded_changes_no_digest(factory) -> None:
    draft = factory.draft("bank/letter")
    called(1, TEN, version=draft, prompt=draft.prompt, prompt_name="bank/letter", version_number=1)
    digest_hours(now=TEN + HOUR + timedelta(minutes=6))
    Call.objects.update(version=None)
    assert compare_hours().first_bad == ""


def test_the_command_says_so(row) -> None:
    integrate(wait=True)
    out = io.StringIO()
    call_command("verify_ledger", "--calls", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], told["calls"]["hours"]) == (True, 2)
    out = io.StringIO()
    Call.objects.filter(pk=row.pk).update(output="Hullo")
    with pytest.raises(CommandError, match="The calls are not those of the log") as error:
        call_command("verify_ledger", "--calls", stdout=out)
    assert error.value.returncode == 1
    assert "hours compared" in out.getvalue()
