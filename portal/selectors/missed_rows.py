"""Scheduled runs that did not start, as far as a person sees their prompts."""

from audits.identity.actors import Actor
from prompts.evaluations.models import Schedule

SHOWN = 3


def missed_for(actor: Actor) -> list[Schedule]:
    """The schedules whose last instant passed without a run, the newest first."""
    rows = Schedule.objects.visible_to(actor).filter(is_active=True, missed_at__isnull=False)
    return list(rows.select_related("prompt", "suite").order_by("-missed_at")[:SHOWN])
