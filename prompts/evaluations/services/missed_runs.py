"""Notice scheduled runs that did not start. Not only the scheduler asks: it may be what has died."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from audits.identity.actors import Actor
from audits.ledger.services import record
from prompts.evaluations import rhythms
from prompts.evaluations.events import SCHEDULE_MISSED
from prompts.evaluations.models import Run, Schedule

GRACE = timedelta(minutes=5)
"""So late a run may start before anybody is told."""
MOST = 100


def note_missed(*, actor: Actor, now: datetime) -> list[Schedule]:
    """Tells the trail of each schedule whose instant has passed without a run, or whose run nobody takes up.

    Told once for each instant, whoever asks first. A later run that starts takes the alarm back.
    """
    late = Q(next_due_at__lt=now - GRACE) & (Q(missed_at=None) | Q(missed_at__lt=F("next_due_at")))
    idle = Q(
        last_run__state=Run.State.QUEUED, last_run__started_at=None, last_run__created_at__lt=now - GRACE
    ) & (Q(missed_at=None) | Q(missed_at__lt=F("last_run__created_at")))
    rows = Schedule.objects.filter(late | idle, is_active=True).select_related("prompt", "suite", "last_run")
    return [schedule for schedule in rows.order_by("pk")[:MOST] if _note(actor, schedule, now)]


def _note(actor: Actor, schedule: Schedule, now: datetime) -> bool:
    due, run = schedule.next_due_at, schedule.last_run
    if due is not None and due < now - GRACE:
        instant, count = due, rhythms.missed_instants(schedule.told_rhythm, due, now)
        reason = "It was due, and no run was started: is the scheduler at work?"
    else:
        assert run is not None  # noqa: S101  the query asked for it
        instant, count = run.created_at, 1
        reason = f"No worker has taken up {run}: is one at work?"
    with transaction.atomic():
        rows = Schedule.objects.filter(pk=schedule.pk, missed_at=schedule.missed_at)
        if not rows.update(missed_at=instant, last_problem=reason):
            return False
        payload = {
            "schedule": schedule.name,
            "suite": schedule.suite.name,
            "due": instant.isoformat(),
            "missed": count,
        }
        record(
            event=SCHEDULE_MISSED,
            actor=actor,
            subject_type="prompt",
            subject=schedule.prompt.name,
            reason=reason,
            payload=payload,
        )
    return True
