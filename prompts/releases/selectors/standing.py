"""What lies over the releases of a prompt."""

from django.db.models import QuerySet
from django.utils import timezone

from prompts.releases.models import Freeze, Retirement


def open_freeze(prompt_id: int) -> Freeze | None:
    """The freeze that stops the prompt now."""
    rows = Freeze.objects.filter(prompt_id=prompt_id, lifted_at__isnull=True)
    return rows.select_related("safe_version").first()


def retirement_of(prompt_id: int) -> Retirement | None:
    """The prompt's end, if it came or is told ahead."""
    return Retirement.objects.filter(prompt_id=prompt_id).select_related("successor").first()


def ended() -> QuerySet[Retirement]:
    """Of the ends that were told, those that have come."""
    return Retirement.objects.filter(sunset_at__lte=timezone.now())
