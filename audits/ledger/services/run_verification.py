"""Verify the whole log as work that can be interrupted: claimed, noted, gone on with, finished once."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from audits.ledger import merkle, notes, progress
from audits.ledger.keys import KeyUnusable
from audits.ledger.models import Verification
from audits.ledger.verification import Report, verify

EVERY = 50_000
"""So many entries are read between two notes of how far it has come."""
LEASE = timedelta(minutes=15)
"""Whoever has noted nothing for so long is lost, and another may go on."""
MOST_LOST = 3
Show = Callable[[int], None]
"""Is told how many entries have been read."""
Done = Callable[[Verification, Report], None]
"""Called in the transaction that ends the verification."""


class Paused(Exception):
    """Its time is up for now; the next call goes on."""


class Busy(Exception):
    """Another process works on it."""


def run_verification(
    *,
    by: str,
    resume: bool,
    done: Done | None = None,
    show: Show | None = None,
    budget: float | None = None,
    against: notes.Note | None = None,
) -> tuple[Verification, Report | None, str]:
    """The row, its report (None where ``budget`` seconds were up), and why it begins anew where it does.

    ``by`` names whose work is gone on with. Raises ``Busy`` where another process is at it.
    """
    now = timezone.now()
    row = _claim(by, now) if resume else _begin(by, now)
    start, why_anew = (None, "") if against else progress.start_of(row, now)
    keeper = _Keeper(row, start, budget, show)
    try:
        report = verify(against, start=start, tell=keeper)
    except Paused:
        _release(row)
        return row, None, why_anew
    except BaseException:
        _release(row)
        raise
    with transaction.atomic():
        _finish(row, report, start)
        if done is not None:
            done(row, report)
    return row, report, why_anew


def give_up(by: str) -> Verification | None:
    """The verification whose process vanished again and again, ended without a verdict."""
    lost = Verification.objects.filter(by=by, finished_at__isnull=True, lost__gt=MOST_LOST)
    row = lost.filter(lease_until__lt=timezone.now()).order_by("-id").first()
    if row is not None:
        row.finished_at, row.first_bad = timezone.now(), "It was cut off again and again."
        row.save(update_fields=["finished_at", "first_bad"])
    return row


def _begin(by: str, now: datetime) -> Verification:
    """A new row; not stored where the database is only read, such as a copy that an auditor looks into."""
    row = Verification(by=by, started_at=now, lease_until=now + LEASE, lost=1)
    try:
        with transaction.atomic():
            row.save()
    except DatabaseError:
        row.pk = None
    return row


def _claim(by: str, now: datetime) -> Verification:
    """The unfinished one, or a new one."""
    open_ = Verification.objects.filter(by=by, finished_at__isnull=True)
    newest = open_.order_by("-id").first()
    if newest is None:
        return _begin(by, now)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    if not open_.filter(free, pk=newest.pk).update(lease_until=now + LEASE, lost=F("lost") + 1):
        raise Busy(f"{newest} is under way.")
    newest.refresh_from_db()
    return newest


def _release(row: Verification) -> None:
    Verification.objects.filter(pk=row.pk).update(lease_until=None)


class _Keeper:
    """Between two pieces: shows and notes how far it has come, and ends it when its time is up."""

    def __init__(
        self, row: Verification, start: progress.Start | None, budget: float | None, show: Show | None
    ) -> None:
        self._row, self._show = row, show
        self._noted = start.size if start else 0
        self._end = None if budget is None else time.monotonic() + budget

    def __call__(self, frontier: merkle.Frontier) -> None:
        if self._show is not None:
            self._show(frontier.size)
        is_over = self._end is not None and time.monotonic() > self._end
        if is_over or frontier.size - self._noted >= EVERY:
            self._note(frontier)
        if is_over:
            raise Paused

    def _note(self, frontier: merkle.Frontier) -> None:
        self._noted, now = frontier.size, timezone.now()
        if self._row.pk is None:
            return
        try:
            progress.keep(self._row, frontier, now)
        except KeyUnusable:
            return  # without the key it cannot be gone on with; the end tells what is wrong
        self._row.lease_until, self._row.lost = now + LEASE, 0
        self._row.save(update_fields=["size", "edge", "seal", "read_at", "lease_until", "lost"])


def _finish(row: Verification, report: Report, start: progress.Start | None) -> None:
    bad = report.first_bad
    row.finished_at, row.lease_until = timezone.now(), None
    row.ok, row.entries, row.root = report.ok, report.tree_size, report.root
    row.first_bad = f"{bad.kind} {bad.subject}: {bad.reason}" if bad else ""
    row.position = bad.position if bad else None
    row.seconds += report.seconds
    row.resumed_at = start.size if start else 0
    row.size, row.edge, row.seal = 0, [], ""
    if row.pk is not None:
        row.save()
