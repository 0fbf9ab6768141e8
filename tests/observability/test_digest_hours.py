"""One entry for each hour of calls, however many they were and however often the scheduler asks."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from audits.ledger.models import Event
from prompts.observability.models import Call, HourDigest
from prompts.observability.services.digest_hours import digest_hours, digest_of
from prompts.observability.tasks import digest

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def called(number: int, at: datetime, **more: object) -> Call:
    told = {"trace_id": f"t{number}", "span_id": "s", "account": "tests", "output": "Hello"}
    return Call.objects.create(started_at=at, received_at=at, **told, **more)


def entries() -> list[dict]:
    rows = Event.objects.filter(event="observability.hour.digested").order_by("id")
    return [json.loads(row.payload) for row in rows]


@pytest.mark.requirement("eu-ai-act/12")
def test_each_hour_that_is_over_has_one_entry_with_count_and_digest():
    called(1, TEN + timedelta(minutes=10))
    called(2, TEN + timedelta(minutes=59))
    called(3, TEN + 2 * HOUR)
    now = TEN + 3 * HOUR + timedelta(minutes=6)
    assert digest_hours(now=now) == 3
    assert [entry["calls"] for entry in entries()] == [2, 0, 1]
    assert entries()[0]["sha256"] == digest_of(TEN)[1] == HourDigest.objects.get(hour=TEN).digest
    assert entries()[0]["from"] == "2026-03-03T10:00:00.000000Z"
    assert digest_hours(now=now) == 0


def test_an_hour_settles_before_it_is_digested():
    called(1, TEN)
    assert digest_hours(now=TEN + HOUR + timedelta(minutes=4)) == 0
    assert digest_hours(now=TEN + HOUR + timedelta(minutes=5)) == 1


@pytest.mark.parametrize(
    "change", [{"output": "Hullo"}, {"cost": "0.01"}, {"environment": "staging"}, {"trace_id": "other"}]
)
def test_a_call_that_was_changed_gives_another_digest(change):
    row = called(1, TEN)
    before = digest_of(TEN)
    Call.objects.filter(pk=row.pk).update(**change)
    assert digest_of(TEN)[1] != before[1]


def test_a_removed_call_gives_another_digest_and_a_new_hour_none():
    rows = [called(number, TEN) for number in range(3)]
    before = digest_of(TEN)
    called(9, TEN + HOUR)
    assert digest_of(TEN) == before
    rows[1].delete()
    assert digest_of(TEN)[0] == 2


def test_a_portal_that_stood_still_catches_up_bit_by_bit():
    called(1, TEN)
    assert digest_hours(now=TEN + 60 * HOUR) == 48
    assert digest_hours(now=TEN + 60 * HOUR) == 11


def test_the_task_does_it_and_the_database_keeps_it():
    digest()
    row = HourDigest.objects.get()
    assert len(entries()) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        HourDigest.objects.filter(pk=row.pk).update(calls=7)
