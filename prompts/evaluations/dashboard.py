"""Figures of the evaluation dashboard."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncDay

from audits.identity.actors import Actor
from prompts.evaluations.models import Run, Schedule
from prompts.evaluations.querysets import RunQuerySet
from prompts.evaluations.stats import wilson

MOST_PAIRS = 50
TOTALS = {
    "runs": Count("pk"),
    "passed": Sum("passed"),
    "failed": Sum("failed"),
    "errors": Sum("errors"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One prompt under one suite: its newest run, the one before, and the 95 % interval of the pass rate."""

    run: Run
    before: Run | None
    low: float
    high: float

    @property
    def change(self) -> Decimal | None:
        """The change of the score against the run before; None for a first run."""
        if self.before is None or self.before.score is None or self.run.score is None:
            return None
        return self.run.score - self.before.score

    @property
    def is_below(self) -> bool:
        """Whether the score is under what the suite asks for."""
        return self.run.score is not None and self.run.score < self.run.suite.least_pass_rate


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything in the period and within the actor's sight; money in USD, None where no price is known."""

    runs: int
    cases: int
    passed: int
    failed: int
    errors: int
    low: float
    high: float
    cost: Decimal | None
    under_way: list[Run]
    pairs: list[Pair]
    by_day: list[dict[str, Any]] = field(default_factory=list)
    next_schedules: list[Schedule] = field(default_factory=list)

    @property
    def pass_rate(self) -> float | None:
        """The share of results that passed; None where there are none."""
        return self.passed / self.cases if self.cases else None


def dashboard(actor: Actor, since: datetime) -> Dashboard:
    """The figures since a moment."""
    visible = Run.objects.visible_to(actor)
    finished = visible.filter(state=Run.State.FINISHED, finished_at__gte=since)
    sums = finished.aggregate(**TOTALS, cost=Sum("cost"))
    passed, failed, errors = (sums[name] or 0 for name in ("passed", "failed", "errors"))
    low, high = wilson(passed, passed + failed + errors)
    days = finished.annotate(day=TruncDay("finished_at")).values("day")
    return Dashboard(
        runs=sums["runs"],
        cases=passed + failed + errors,
        passed=passed,
        failed=failed,
        errors=errors,
        low=low,
        high=high,
        cost=sums["cost"],
        under_way=list(visible.filter(state__in=["queued", "running"]).light().order_by("-pk")[:20]),
        pairs=newest_pairs(finished),
        by_day=[dict(row) for row in days.annotate(**TOTALS).order_by("day")],
        next_schedules=list(
            Schedule.objects.visible_to(actor)
            .filter(is_active=True)
            .select_related("prompt", "suite", "provider", "environment", "last_run")
            .order_by("next_due_at")[:10]
        ),
    )


def newest_pairs(runs: RunQuerySet) -> list[Pair]:
    """For each prompt and suite the newest run and the one before it, worst first; in one query."""
    found: dict[tuple[int, int], list[Run]] = {}
    for run in runs.light().order_by("-pk")[: MOST_PAIRS * 20]:
        known = found.setdefault((run.prompt_id, run.suite_id), [])
        if len(known) < 2:
            known.append(run)
    pairs = [
        Pair(known[0], known[1] if len(known) > 1 else None, *wilson(known[0].passed, known[0].done))
        for known in found.values()
    ]
    pairs.sort(key=lambda pair: (not pair.is_below, pair.run.score if pair.run.score is not None else 2))
    return pairs[:MOST_PAIRS]


def trend(actor: Actor, *, prompt_id: int, suite_id: int | None = None, most: int = 30) -> list[Run]:
    """The last finished runs of a prompt, oldest first, for a line of scores."""
    rows = Run.objects.visible_to(actor).filter(prompt=prompt_id, state=Run.State.FINISHED).light()
    if suite_id is not None:
        rows = rows.filter(suite=suite_id)
    return list(rows.order_by("-pk")[:most])[::-1]
