"""The timed work of the portal, as rows of django-celery-beat, upserted by name.

Only the portal's own rows are touched. What people schedule are rows of ``evaluations.Schedule``, which
``evaluations.tick`` reads: nobody needs to write task names into a form.
"""

from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from audits.exports.services.retain import EVERY_SECONDS as RETAIN_SECONDS
from audits.ledger.services.sequence_events import EVERY_SECONDS
from portal.services.tell_people import EVERY_SECONDS as TELL_SECONDS
from portal.services.tend_approvals import EVERY_SECONDS as APPROVALS_SECONDS

SECONDS = {
    "ledger.integrate": EVERY_SECONDS,
    "ledger.publish": 10,
    "portal.tell": TELL_SECONDS,
    "portal.mail": 15,
    "notices.sweep": 5,
    "notices.forget": 3600,
    "portal.approvals": APPROVALS_SECONDS,
    "identity.sweep": 60,
    "exports.sweep": 30,
    "exports.verify": 60,
    "exports.retain": RETAIN_SECONDS,
    "portal.alarms": 20,
    "evaluations.tick": 15,
    "evaluations.sweep": 30,
    "evaluations.forget": 3600,
    "releases.sweep": 10,
    "observability.digest": 300,
    "observability.compare": 60,
}

TASKS_NAME = "imprimatur: {}"
"""What the row of a task is called."""


@transaction.atomic
def ensure_beat_rows() -> None:
    """Makes or mends the rows that the portal needs; their switch stays as an administrator left it."""
    for task, seconds in SECONDS.items():
        every, _ = IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)
        row, made = PeriodicTask.objects.get_or_create(
            name=TASKS_NAME.format(task),
            defaults={"task": task, "interval": every, "expire_seconds": seconds * 4},
        )
        if not made and (row.task, row.interval_id) != (task, every.pk):
            row.task, row.interval = task, every
            row.save()
