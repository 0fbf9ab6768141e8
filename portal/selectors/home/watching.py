"""What burns among the prompts that a person sees: stopped releases, failing runs, freezes."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from prompts.evaluations.models import Run
from prompts.registry.querysets import on_prompts
from prompts.releases.models import Freeze, Release, ReleaseRequest

WEEK = timedelta(days=7)


def _seen(actor: Actor) -> Q:
    return on_prompts(actor, "view", "prompt")


def frozen(actor: Actor) -> QuerySet[Freeze]:
    """Prompts that are frozen now, the newest freeze first."""
    rows = Freeze.objects.filter(_seen(actor), lifted_at__isnull=True)
    return rows.select_related("prompt", "safe_version", "by").order_by("-at")


def stopped(actor: Actor) -> QuerySet[ReleaseRequest]:
    """Releases that the gate stopped within a week and that were not made since, the newest first."""
    rows = ReleaseRequest.objects.filter(_seen(actor), state="stopped", asked_at__gte=timezone.now() - WEEK)
    made = Release.objects.filter(
        version=OuterRef("version"),
        environment=OuterRef("environment"),
        released_at__gte=OuterRef("asked_at"),
    )
    again = ReleaseRequest.objects.filter(
        version=OuterRef("version"), environment=OuterRef("environment"), pk__gt=OuterRef("pk")
    )
    rows = rows.exclude(Exists(made)).exclude(Exists(again))
    return rows.select_related("prompt", "version", "environment", "asked_by").order_by("-asked_at")


def failing(actor: Actor) -> QuerySet[Run]:
    """Runs of the last week that ended with failures or errors, or broke off, the newest first."""
    bad = Q(state="failed") | Q(state="finished") & (Q(failed__gt=0) | Q(errors__gt=0))
    rows = Run.objects.visible_to(actor).filter(bad, created_at__gte=timezone.now() - WEEK)
    return rows.light().order_by("-pk")


def under_way(actor: Actor) -> int:
    """How many runs are queued or running."""
    return Run.objects.visible_to(actor).filter(state__in=["queued", "running"]).count()


def newly_released(actor: Actor, most: int = 5) -> list[Release]:
    """The last releases that are still live."""
    rows = Release.objects.filter(_seen(actor), state="live")
    return list(
        rows.select_related("prompt", "version", "environment", "released_by").order_by("-released_at")[:most]
    )


def inherited(actor: Actor) -> int:
    """Live releases that were taken on without an approval of ours."""
    return Release.objects.filter(_seen(actor), state="live", inherited=True).count()
