"""The few numbers beside a decision: this text against what is live, over all suites."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, sqrt
from typing import Any

from portal.selectors.evidence_rows import Compared
from prompts.evaluations.models import Result
from prompts.evaluations.stats import wilson


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1, ``points`` and their 95 % interval in points, cost in USD, times in ms.

    A value is None where nothing was measured; ``cost_change`` is a share of the live cost.
    """

    total: int
    share: float | None
    live_share: float | None
    points: float | None
    low: float | None
    high: float | None
    regressed: int
    fixed: int
    cost: Decimal | None
    cost_change: float | None
    latency: int | None
    latency_change: int | None


def figures_of(compared: Sequence[Compared]) -> Figures:
    """Sums over the suites; against live only where both sides ran the same suites. One query."""
    mine = [one.now.run for one in compared]
    theirs = [one.live.run for one in compared if one.live is not None]
    both = len(theirs) == len(mine)
    passed, total = sum(run.passed for run in mine), sum(run.total for run in mine)
    before, among = sum(run.passed for run in theirs), sum(run.total for run in theirs)
    interval = difference(passed, total, before, among) if both and total and among else None
    calls = _calls([run.pk for run in [*mine, *theirs]])
    cost, old_cost = (_per_thousand(_rows(calls, runs)) for runs in (mine, theirs))
    late, old_late = (_p95(_rows(calls, runs)) for runs in (mine, theirs))
    return Figures(
        total=total,
        share=passed / total if total else None,
        live_share=before / among if both and among else None,
        points=interval[0] if interval else None,
        low=interval[1] if interval else None,
        high=interval[2] if interval else None,
        regressed=sum(len(one.regressed) for one in compared),
        fixed=sum(len(one.fixed) for one in compared),
        cost=cost,
        cost_change=float(cost / old_cost) - 1 if cost is not None and old_cost else None,
        latency=late,
        latency_change=late - old_late if late is not None and old_late is not None else None,
    )


def difference(passed: int, total: int, before: int, among: int) -> tuple[float, float, float]:
    """The change of a share in points with its 95 % interval (Newcombe 1998, method 10)."""
    now, then = passed / total, before / among
    (low, high), (old_low, old_high) = wilson(passed, total), wilson(before, among)
    down = sqrt((now - low) ** 2 + (old_high - then) ** 2)
    up = sqrt((high - now) ** 2 + (then - old_low) ** 2)
    change = now - then
    return change * 100, (change - down) * 100, (change + up) * 100


def _calls(runs: list[int]) -> list[tuple[int, int | None, Decimal | None]]:
    return list(Result.objects.filter(run__in=runs).order_by().values_list("run", "latency_ms", "cost"))


def _rows(calls: list[tuple[int, int | None, Decimal | None]], runs: list[Any]) -> list[Any]:
    keys = {run.pk for run in runs}
    return [row for row in calls if row[0] in keys]


def _per_thousand(rows: list[Any]) -> Decimal | None:
    costs = [cost for _, _, cost in rows if cost is not None]
    return sum(costs, Decimal(0)) / len(costs) * 1000 if costs else None


def _p95(rows: list[Any]) -> int | None:
    """The nearest-rank 95th percentile."""
    times = sorted(late for _, late, _ in rows if late is not None)
    return times[ceil(0.95 * len(times)) - 1] if times else None
