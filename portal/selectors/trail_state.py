"""Where the log stands: what is signed, what waits, and when somebody last had all of it verified."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings

from audits.identity.actors import Actor
from audits.identity.roles import READS_TRAIL
from audits.ledger.models import Alarm, Checkpoint, Sink, Verification
from audits.ledger.selectors import newest_checkpoint, unsequenced

LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TrailState:
    """For the strip above the list. ``verified`` is the newest verification that came to a verdict.

    ``alarms`` are those that last, ``sinks`` where checkpoints go besides;
    all only for those who may have the log verified.
    """

    head: Checkpoint | None
    waiting: int
    is_late: bool
    may_verify: bool
    verified: Verification | None
    is_overdue: bool
    alarms: list[Alarm] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)


def trail_state(actor: Actor) -> TrailState:
    """The state as of now; verifications are shown to those who may have one made."""
    now, may = datetime.now(UTC), actor.has_role(*READS_TRAIL)
    waiting = unsequenced(now, everything=False)
    oldest = waiting.first()
    last = Verification.objects.filter(ok__isnull=False).order_by("-finished_at").first() if may else None
    since = now - timedelta(hours=2 * settings.LEDGER_VERIFY_HOURS)
    return TrailState(
        head=newest_checkpoint(),
        waiting=waiting.count(),
        is_late=oldest is not None and now - oldest.recorded_at > LATE,
        may_verify=may,
        verified=last,
        is_overdue=last is not None and last.finished_at is not None and last.finished_at < since,
        alarms=list(Alarm.objects.filter(ended_at__isnull=True).order_by("pk")) if may else [],
        sinks=list(Sink.objects.order_by("name")) if may else [],
    )
