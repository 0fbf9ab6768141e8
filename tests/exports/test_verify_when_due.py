"""The scheduler verifies the log once a day, records what it found, and raises the alarm or ends it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.exports.services.verify_trail import VERIFIER, verify_when_due
from audits.exports.tasks import verify
from audits.identity.actors import Actor
from audits.ledger.models import Alarm, Event, Verification
from audits.ledger.services import integrate
from audits.ledger.services.run_verification import MOST_LOST
from tests.ledger.helpers import behind_the_back, write_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(shell: Actor) -> list[Event]:
    """Five entries in the tree."""
    write_events(shell, 5)
    integrate()
    return list(Event.objects.order_by("id"))


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("event", flat=True))[5:]


def test_the_task_verifies_and_records_it(log: list[Event]) -> None:
    verify()
    row = Verification.objects.get()
    assert (row.by, row.ok, row.entries) == (VERIFIER.name, True, 5)
    assert kinds() == ["exports.trail.verified"]


def test_it_is_done_once_a_day(log: list[Event], settings) -> None:
    now = timezone.now()
    assert verify_when_due(now=now).ok
    assert verify_when_due(now=now + timedelta(hours=23)) is None
    assert verify_when_due(now=now + timedelta(hours=24, minutes=1)).ok
    settings.LEDGER_VERIFY_HOURS = 1
    assert verify_when_due(now=timezone.now() + timedelta(hours=2)).ok


def test_a_fault_raises_the_alarm_once_and_its_mending_ends_it(log: list[Event]) -> None:
    behind_the_back("UPDATE ledger_event SET reason = 'forged' WHERE id = %s", log[3].pk)
    now = timezone.now()
    for days in range(2):
        assert not verify_when_due(now=now + timedelta(days=2 * days)).ok
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.ended_at) == ("unsound", None)
    assert "key-3" in alarm.reason
    assert kinds() == ["exports.trail.verified", "ledger.alarm.raised", "exports.trail.verified"]
    behind_the_back("UPDATE ledger_event SET reason = 'a test' WHERE id = %s", log[3].pk)
    assert verify_when_due(now=now + timedelta(days=4)).ok
    alarm.refresh_from_db()
    assert alarm.ended_at is not None
    assert kinds()[3:] == ["exports.trail.verified", "ledger.alarm.ended"]


def test_one_that_never_comes_to_its_end_raises_an_alarm(log: list[Event]) -> None:
    ago = timezone.now() - timedelta(hours=1)
    Verification.objects.create(by=VERIFIER.name, started_at=ago, lease_until=ago, lost=MOST_LOST + 1)
    assert verify_when_due(now=timezone.now()) is None
    assert Alarm.objects.get().kind == "unverified"
