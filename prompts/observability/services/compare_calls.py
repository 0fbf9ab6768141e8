"""Compare the model calls with the log when that is due, a part at a time; the outcome becomes an entry.

The calls are not read in a transaction, which would keep writers out for its length.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.verbs import verb
from audits.ledger.keys import KeyUnusable
from audits.ledger.models import Alarm
from audits.ledger.seals import is_sealed, seal
from audits.ledger.services import record
from audits.ledger.services.alarms import end_alarms, raise_alarm
from prompts.observability.compared_hours import Compared, compare_hours
from prompts.observability.events import CALLS_COMPARED
from prompts.observability.models import CallComparison, HourDigest

BUDGET = 240.0
"""Seconds that one call reads; what is left over goes on with the next call."""
EVERY = 10.0
"""Seconds between two notes of how far it has come."""
LEASE = timedelta(minutes=15)
"""Whoever has noted nothing for so long is lost, and another may go on."""
MOST_LOST = 3
SEALS = "call-comparison"
COMPARER = Actor.system("verification")
LOST = "The comparison was cut off again and again: look at the worker's log."
COUNTS = ("hours", "calls", "amended", "not_compared", "reached")


class Paused(Exception):
    """Its time is up for now; the next call goes on."""


def compare_when_due(*, now: datetime, budget: float = BUDGET) -> CallComparison | None:
    """Compares all calls once in ``LEDGER_VERIFY_HOURS``, or goes on with what was interrupted.

    Returns None where there is nothing to do, or another process is at it, or ``budget`` seconds were up.
    May be called at any time, twice and at once.
    """
    row = _claim(now)
    if row is None:
        return None
    keeper = _Keeper(row, budget)
    try:
        found = compare_hours(keeper.start, tell=keeper)
    except Paused:
        return None
    finally:
        CallComparison.objects.filter(pk=row.pk).update(
            lease_until=None, seconds=F("seconds") + keeper.seconds
        )
    finish_comparison(actor=COMPARER, row=row, found=found)
    return row


def next_comparison(now: datetime) -> datetime | None:
    """When the scheduler begins the next one: at once where there was none; None while one is under way."""
    newest = CallComparison.objects.order_by("-pk").first()
    if newest is None:
        return now
    every = timedelta(hours=settings.LEDGER_VERIFY_HOURS)
    return newest.started_at + every if newest.finished_at is not None else None


@verb
def finish_comparison(*, actor: Actor, row: CallComparison, found: Compared) -> None:
    """Ends it with its verdict: the entry, and the alarm or its end. Part of one transaction."""
    for name in COUNTS:
        setattr(row, name, getattr(found, name))
    row.ok, row.first_bad, row.position = not found.first_bad, found.first_bad, found.position
    row.finished_at, row.seal = timezone.now(), ""
    row.save(update_fields=[*COUNTS, "ok", "first_bad", "position", "finished_at", "seal"])
    payload = {name: getattr(found, name) for name in COUNTS[:4]}
    record(
        event=CALLS_COMPARED,
        actor=actor,
        subject_type="calls",
        subject="the model calls",
        payload={"ok": row.ok, **payload, "first_bad": found.first_bad},
    )
    if found.first_bad:
        raise_alarm(actor=actor, kind=Alarm.Kind.CALLS_DIFFER, reason=f"{found.first_bad}.")
    else:
        end_alarms(actor=actor, kinds=(Alarm.Kind.CALLS_DIFFER, Alarm.Kind.CALLS_UNREAD))


def _claim(now: datetime) -> CallComparison | None:
    """The one that is due or was interrupted, for this process alone."""
    newest = CallComparison.objects.order_by("-pk").first()
    if newest is None or newest.finished_at is not None:
        due = next_comparison(now)
        if due is None or now < due or not HourDigest.objects.exists():
            return None
        number = newest.number + 1 if newest is not None else 1
        return _begin(number, now)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    rows = CallComparison.objects.filter(free, pk=newest.pk, finished_at__isnull=True)
    if newest.lost > MOST_LOST:
        _give_up(rows)
        return None
    if not rows.update(lease_until=now + LEASE, lost=F("lost") + 1):
        return None
    newest.refresh_from_db()
    return newest


def _begin(number: int, now: datetime) -> CallComparison | None:
    """The next one, or None where another process was quicker."""
    told = {"started_at": now, "lease_until": now + LEASE, "lost": 1}
    row, is_made = CallComparison.objects.get_or_create(number=number, defaults=told)
    return row if is_made else None


@transaction.atomic
def _give_up(rows: QuerySet[CallComparison]) -> None:
    """Ends one without a verdict whose process vanished again and again."""
    if rows.update(finished_at=timezone.now(), first_bad=LOST):
        raise_alarm(actor=COMPARER, kind=Alarm.Kind.CALLS_UNREAD, reason=LOST)


class _Keeper:
    """Between two hours: notes how far it has come, and ends it when its time is up."""

    def __init__(self, row: CallComparison, budget: float) -> None:
        self._row, self._budget, self._began = row, budget, time.monotonic()
        self._noted = self._began
        told = {name: getattr(row, name) for name in COUNTS}
        self.start = (
            Compared(**told) if is_sealed(SEALS, {"number": row.number, **told}, row.seal) else Compared()
        )

    @property
    def seconds(self) -> float:
        """So long this part has read."""
        return time.monotonic() - self._began

    def __call__(self, found: Compared) -> None:
        is_over = self.seconds > self._budget
        if is_over or time.monotonic() - self._noted >= EVERY:
            self._note(found)
        if is_over:
            raise Paused

    def _note(self, found: Compared) -> None:
        self._noted, now = time.monotonic(), timezone.now()
        told = {name: getattr(found, name) for name in COUNTS}
        try:
            sealed = seal(SEALS, {"number": self._row.number, **told})
        except KeyUnusable:
            return  # without the key it begins anew; that the key is gone has an alarm of its own
        CallComparison.objects.filter(pk=self._row.pk).update(
            **told, seal=sealed, lease_until=now + LEASE, lost=0
        )
