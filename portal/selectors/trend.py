"""The pass rate of each version as a small chart: points, intervals and the gate's demand, in SVG units."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from prompts.evaluations.models import Run
from prompts.evaluations.stats import wilson
from prompts.registry.models import Prompt
from prompts.releases.models import GateSuite

SHOWN = 12
LEFT, RIGHT, TOP, BOTTOM = 40, 744, 18, 150


@dataclass(frozen=True, slots=True)
class Point:
    """One version: shares between 0 and 1, and where they are drawn."""

    version: Any
    passed: int
    total: int
    share: float
    low: float
    high: float
    tone: str
    x: float
    y: float
    y_low: float
    y_high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The chart; ``lines`` are (y, label) of the grid, ``limit`` is the demanded share with its height."""

    points: list[Point]
    lines: list[tuple[float, int]]
    path: str
    limit: tuple[float, Decimal] | None
    suites: int
    cases: int
    text: str


def latest_runs(prompt: Prompt) -> list[Any]:
    """The newest finished run of each version, suite and text, newest first: one query."""
    rows = (
        Run.objects.filter(prompt=prompt, state="finished")
        .select_related("version", "suite")
        .order_by("-pk")[:400]
    )
    newest: dict[tuple[int, int], Any] = {}
    for row in rows:
        if not row.version.digest or row.version_digest == row.version.digest:
            newest.setdefault((row.version_id, row.suite_id), row)
    return list(newest.values())


def trend(prompt: Prompt, live: set[int], waiting: set[int], stopped: set[int]) -> Trend | None:
    """The chart of the newest versions that were evaluated; the sets (version keys) colour its points."""
    runs = latest_runs(prompt)
    by_version: dict[int, list[Any]] = {}
    for run in runs:
        by_version.setdefault(run.version_id, []).append(run)
    tested = sorted((found for found in by_version.values()), key=lambda found: found[0].version.number)[
        -SHOWN:
    ]
    counts = [(found[0].version, *_sums(found)) for found in tested]
    shares = [(v, p, t, *wilson(p, t)) for v, p, t in counts if t]
    if not shares:
        return None
    demand = _demand(prompt)
    least = min([low for *_, low, _ in shares] + ([float(demand)] if demand is not None else []))
    gap = 5 if least >= 0.8 else 10 if least >= 0.5 else 20
    floor = max(0, int(least * 100) // gap * gap)
    floor = min(floor, 100 - gap)

    def height(share: float) -> float:
        return round(BOTTOM - (share * 100 - floor) / (100 - floor) * (BOTTOM - TOP), 1)

    step = (RIGHT - LEFT - 68) / max(1, len(shares) - 1)
    points = []
    for at, (version, passed, total, low, high) in enumerate(shares):
        tone = _tone(version.pk, live, waiting, stopped)
        x = round(LEFT + 20 + at * step, 1) if len(shares) > 1 else float(LEFT + 20)
        share = passed / total
        points.append(
            Point(version, passed, total, share, low, high, tone, x, height(share), height(low), height(high))
        )
    lines = [(height(mark / 100), mark) for mark in range(100, floor - 1, -gap)]
    path = "M" + " L".join(f"{point.x} {point.y}" for point in points)
    limit = (height(float(demand)), demand * 100) if demand is not None else None
    last = points[-1]
    text = "Pass rate by version: " + ", ".join(
        f"version {p.version.number} {p.share * 100:.1f} %" for p in points
    )
    text += f"; the gate asks for {demand * 100:.0f} %." if demand is not None else "."
    return Trend(points, lines, path, limit, len(by_version[last.version.pk]), last.total, text)


def _tone(key: int, live: set[int], waiting: set[int], stopped: set[int]) -> str:
    if key in live:
        return "live"
    return "now" if key in waiting else "stop" if key in stopped else ""


def _sums(runs: list[Any]) -> tuple[int, int]:
    return sum(run.passed for run in runs), sum(run.total for run in runs)


def _demand(prompt: Prompt) -> Decimal | None:
    """The highest pass rate that a gate on the prompt's way asks for."""
    rates = GateSuite.objects.filter(prompt=prompt).values_list("least_pass_rate", flat=True)
    return max(rates, default=None)
