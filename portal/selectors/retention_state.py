"""When content whose period is over is erased next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from audits.exports.services.retain import EVERY_SECONDS, MOST_A_RUN
from portal.services.beat import TASKS_NAME


@dataclass(frozen=True, slots=True)
class NextRun:
    """``at`` is None where the timed task is missing or switched off."""

    at: datetime | None
    minutes: int = EVERY_SECONDS // 60
    most: int = MOST_A_RUN


def next_run() -> NextRun:
    """From the row of the scheduler; one that is late is due now."""
    row = PeriodicTask.objects.filter(name=TASKS_NAME.format("exports.retain"), enabled=True).first()
    if row is None:
        return NextRun(None)
    now = timezone.now()
    return NextRun(max(now, (row.last_run_at or now) + timedelta(seconds=EVERY_SECONDS)))
