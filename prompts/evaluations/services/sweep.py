"""Find runs that nobody works on: never sent, lost on the way, or left by a worker that was killed."""

from datetime import datetime, timedelta

from django.db.models import Q

from prompts.evaluations.models import Run

SEND_AGAIN = timedelta(seconds=90)
MOST = 200


def lost_runs(*, now: datetime) -> list[Run]:
    """Queued runs not sent, or sent longer ago than a busy queue needs; runs whose lease has passed."""
    unsent = Q(state=Run.State.QUEUED) & (Q(sent_at__isnull=True) | Q(sent_at__lt=now - SEND_AGAIN))
    left = Q(state=Run.State.RUNNING, lease_until__lt=now)
    return list(Run.objects.filter(unsent | left).only("pk", "state").order_by("pk")[:MOST])
