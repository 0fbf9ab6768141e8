"""The evaluation dashboard and the results of one run."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from audits.adminkit.lookups import is_key
from audits.identity.actors import Actor
from portal.selectors.evidence_rows import cell
from prompts.evaluations.models import Result, Run, Schedule
from prompts.registry.models import Prompt

DAYS = 7
POINTS = 12
STATES = {"error": "Errors", "fail": "Failed", "pass": "Passed"}
PER_PAGE = 60


def dashboard(actor: Actor) -> dict[str, Any]:
    """What the actor sees of the last week: counts, running and failing runs, trends, schedules."""
    mine = Run.objects.visible_to(actor)
    week = mine.filter(created_at__gte=timezone.now() - timedelta(days=DAYS))
    sums = week.aggregate(
        runs=Count("pk"), results=Sum("total"), passed=Sum("passed"), cost=Sum("cost", default=Decimal(0))
    )
    newest = mine.light().select_related("requested_by").order_by("-pk")
    return {
        "sums": sums,
        "share": sums["passed"] / sums["results"] if sums["results"] else None,
        "under_way": newest.filter(state__in=["queued", "running"])[:20],
        "failing": failing(actor),
        "runs": newest[:20],
        "trends": trends(actor),
        "schedules": Schedule.objects.visible_to(actor)
        .filter(is_active=True)
        .select_related("prompt", "suite", "provider", "environment", "last_run")
        .order_by(F("missed_at").desc(nulls_last=True), F("next_due_at").asc(nulls_last=True), "pk")[:40],
    }


def failing(actor: Actor) -> list[Any]:
    """Prompts whose newest finished run of a suite falls short of what the suite asks, newest first."""
    newest = Run.objects.filter(
        prompt=OuterRef("prompt"), suite=OuterRef("suite"), state="finished"
    ).order_by("-pk")
    rows = Run.objects.visible_to(actor).filter(state="finished", pk=Subquery(newest.values("pk")[:1]))
    told = [cell(run) for run in rows.light().order_by("-pk")[:200]]
    return [row for row in told if not row.reached][:20]


def trends(actor: Actor) -> list[tuple[Prompt, list[Any], str]]:
    """For each lately evaluated prompt its last finished runs, oldest first, and a line for a small chart."""
    rows = Run.objects.visible_to(actor).filter(state="finished", total__gt=0).light().order_by("-pk")[:200]
    by_prompt: dict[int, list[Any]] = {}
    for run in rows:
        by_prompt.setdefault(run.prompt_id, []).append(run)
    told = []
    for found in list(by_prompt.values())[:16]:
        runs = found[:POINTS][::-1]
        step = 84 / max(1, len(runs) - 1)
        places = [
            f"{2 + at * step:.1f} {26 - 24 * run.passed / run.total:.1f}" for at, run in enumerate(runs)
        ]
        told.append((found[0].prompt, runs, "M" + " L".join(places)))
    return told


def results_of(run: Run, state: str, provider: str, after: str) -> dict[str, Any]:
    """A page of results, errors and failures first, behind the result ``after`` (its number).

    The order is that of an index, counts and models are the run's own: a page costs the same for any run.
    """
    rows = Result.objects.filter(run=run).select_related("provider").defer("reasoning", "tool_calls")
    counts = {"error": run.errors, "fail": run.failed, "pass": run.passed}
    models = sorted(one["name"] for one in run.providers)
    if state in STATES:
        rows = rows.filter(state=state)
    if provider:
        rows = rows.filter(provider__name=provider)
    last = Result.objects.filter(run=run, pk=int(after)).first() if is_key(after) else None
    if last is not None:
        behind = Q(state=last.state, case_name=last.case_name, pk__gt=last.pk)
        behind |= Q(state=last.state, case_name__gt=last.case_name) | Q(state__gt=last.state)
        rows = rows.filter(behind, state__gte=last.state)
    page = list(rows.order_by("state", "case_name", "pk")[: PER_PAGE + 1])
    return {
        "results": page[:PER_PAGE],
        "more": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "counts": [(value, word, counts[value]) for value, word in STATES.items()],
        "models": models,
    }
