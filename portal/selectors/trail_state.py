"""Where the log stands: what is signed, what waits, and when somebody last had all of it verified."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from audits.exports.events import TRAIL_VERIFIED
from audits.identity.actors import Actor
from audits.identity.roles import READS_TRAIL
from audits.ledger.models import Checkpoint, Event
from audits.ledger.selectors import newest_checkpoint, unsequenced

LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TrailState:
    """For the strip above the list. ``verified`` is the newest verification's payload with its time."""

    head: Checkpoint | None
    waiting: int
    is_late: bool
    may_verify: bool
    verified_at: datetime | None
    verified: dict[str, Any]


def trail_state(actor: Actor) -> TrailState:
    """The state as of now; verifications are shown to those who may have one made."""
    now, may = datetime.now(UTC), actor.has_role(*READS_TRAIL)
    waiting = unsequenced(now, everything=False)
    oldest = waiting.first()
    last = Event.objects.filter(event=TRAIL_VERIFIED.name).order_by("-id").first() if may else None
    return TrailState(
        head=newest_checkpoint(),
        waiting=waiting.count(),
        is_late=oldest is not None and now - oldest.recorded_at > LATE,
        may_verify=may,
        verified_at=last.recorded_at if last else None,
        verified=json.loads(last.payload) if last and last.payload else {},
    )
