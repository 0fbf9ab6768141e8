"""Numbers about the whole portal for a monitoring system; each is one cheap query."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from audits.ledger.selectors import tree_size, unsequenced
from prompts.evaluations.models import Run
from prompts.lifecycle.models import ApprovalRequest
from prompts.observability.models import Call
from prompts.registry.models import Prompt
from prompts.releases.models import Freeze, Release, ReleaseRequest


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric: its name, what it is, and values by label text (``state="queued"``, empty for none)."""

    name: str
    help: str
    values: dict[str, float]


def figures() -> list[Figure]:
    """What the portal holds and what waits just now; all are gauges."""
    now = timezone.now()
    live = Release.objects.filter(state=Release.State.LIVE).values_list("environment__slug")
    runs = Run.objects.filter(state__in=["queued", "running"]).values_list("state").annotate(n=Count("pk"))
    recent = Call.objects.filter(started_at__gte=now - timedelta(minutes=5))
    return [
        Figure("imprimatur_prompts", "Prompts that are in use.", {"": Prompt.objects.in_use().count()}),
        Figure(
            "imprimatur_releases_live",
            "Live releases by environment.",
            {f'environment="{slug}"': n for slug, n in live.annotate(n=Count("pk")).order_by()},
        ),
        Figure(
            "imprimatur_prompts_frozen",
            "Prompts under a freeze.",
            {"": Freeze.objects.filter(lifted_at__isnull=True).count()},
        ),
        Figure(
            "imprimatur_runs",
            "Evaluation runs that are not over, by state.",
            {f'state="{state}"': n for state, n in [("queued", 0), ("running", 0), *runs.order_by()]},
        ),
        Figure(
            "imprimatur_approvals_open",
            "Approval requests that wait for a signature.",
            {"": ApprovalRequest.objects.filter(state="open").count()},
        ),
        Figure(
            "imprimatur_release_requests_open",
            "Release requests that nobody has decided.",
            {"": ReleaseRequest.objects.filter(state="open").count()},
        ),
        Figure("imprimatur_calls_5m", "Model calls of the last five minutes.", {"": recent.count()}),
        Figure(
            "imprimatur_ledger_pending",
            "Events that have no place in the tree yet.",
            {"": unsequenced(now, everything=False).count()},
        ),
        Figure("imprimatur_ledger_entries", "Events that have a place in the tree.", {"": tree_size()}),
    ]
