"""Emergency releases: what is in force, and what nobody has looked at yet."""

from django.db.models import QuerySet

from prompts.releases.models import Emergency


def unreviewed(prompt_id: int | None = None) -> QuerySet[Emergency]:
    """Confirmed ones that wait for a third person, of one prompt or of all; the most urgent first."""
    rows = Emergency.objects.filter(confirmed_at__isnull=False, reviewed_at__isnull=True)
    if prompt_id is not None:
        rows = rows.filter(prompt=prompt_id)
    return rows.order_by("review_due_at")


def burning(prompt_id: int) -> list[Emergency]:
    """What a prompt's page must show: asked for, in force, or not looked at yet; the newest first."""
    rows = Emergency.objects.filter(prompt=prompt_id).select_related(
        "version", "environment", "asked_by", "confirmed_by"
    )
    asked = rows.filter(state__in=[Emergency.State.ASKED, Emergency.State.ACTIVE])
    waiting = rows.filter(confirmed_at__isnull=False, reviewed_at__isnull=True)
    return list((asked | waiting).order_by("-pk"))
