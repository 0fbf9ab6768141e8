"""How the verification of the log stands: the last one, the one under way, the next, and what is wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from audits.exports.services.verify_trail import VERIFIER
from audits.identity.actors import Actor
from audits.ledger.models import Verification
from audits.ledger.selectors import tree_size
from portal.selectors.trail_state import TrailState, trail_state
from prompts.observability.models import CallComparison, HourDigest
from prompts.observability.services.compare_calls import next_comparison

LATEST = 20


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A verification that has not come to its end: ``read`` of ``total`` entries; it rests between parts."""

    row: Verification
    read: int
    total: int
    is_resting: bool

    @property
    def percent(self) -> int:
        """How far, in whole percent."""
        return min(100, self.read * 100 // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class CallsState:
    """The comparison of model calls: ``last`` came to an end, ``under_way`` has not. ``digested`` is the
    newest hour that has a digest, None where none has; ``next_at`` as for the verification.
    """

    last: CallComparison | None
    sound: CallComparison | None
    under_way: CallComparison | None
    next_at: datetime | None
    digested: datetime | None


@dataclass(frozen=True, slots=True)
class VerificationState:
    """``next_at`` is when the scheduler begins the next one; None while one is under way. ``unsigned`` counts
    entries that have a place in the tree which no checkpoint covers yet.
    """

    trail: TrailState
    last: Verification | None
    sound: Verification | None
    under_way: UnderWay | None
    next_at: datetime | None
    is_late: bool
    unsigned: int
    latest: list[Verification]
    calls: CallsState


def verification_state(actor: Actor) -> VerificationState:
    """As of now: a dozen queries, whatever the length of the log."""
    now, state = timezone.now(), trail_state(actor)
    ended = Verification.objects.filter(finished_at__isnull=False).order_by("-finished_at", "-pk")
    total = tree_size()
    under_way = _under_way(now, total)
    next_at = None if under_way else _next(now)
    return VerificationState(
        trail=state,
        last=ended.first(),
        sound=ended.filter(ok=True).first(),
        under_way=under_way,
        next_at=next_at,
        is_late=next_at is not None and now - next_at > timedelta(hours=1),
        unsigned=max(0, total - (state.head.size if state.head else 0)),
        latest=list(ended[:LATEST]),
        calls=_calls(now),
    )


def _calls(now: datetime) -> CallsState:
    ended = CallComparison.objects.filter(finished_at__isnull=False).order_by("-number")
    return CallsState(
        last=ended.first(),
        sound=ended.filter(ok=True).first(),
        under_way=CallComparison.objects.filter(finished_at__isnull=True).order_by("-number").first(),
        next_at=next_comparison(now),
        digested=HourDigest.objects.order_by("-hour").values_list("hour", flat=True).first(),
    )


def _under_way(now: datetime, total: int) -> UnderWay | None:
    row = Verification.objects.filter(finished_at__isnull=True).order_by("-pk").first()
    if row is None:
        return None
    return UnderWay(row, row.size, total, row.lease_until is None or row.lease_until < now)


def _next(now: datetime) -> datetime:
    """The scheduler begins one so many hours after it began the one before; at once where there was none."""
    before = Verification.objects.filter(by=VERIFIER.name).order_by("-id").first()
    return before.started_at + timedelta(hours=settings.LEDGER_VERIFY_HOURS) if before else now
