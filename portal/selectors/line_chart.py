"""A line over runs as a small chart, in SVG units. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, log10

LEFT, RIGHT, TOP, BOTTOM = 52.0, 468.0, 14.0, 132.0
MOST_LABELS = 6
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one run gives to a chart: a value with its interval, or None; ``tone`` is a class of the point.

    ``cut`` says that what is measured changed before this run, so that no line leads to it.
    """

    value: float | None
    label: str
    told: str
    tone: str = ""
    low: float | None = None
    high: float | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark and where it is drawn; ``y_low`` and ``y_high`` are equal to ``y`` without an interval."""

    mark: Mark
    x: float
    y: float
    y_low: float
    y_high: float
    has_label: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """``lines`` are (height, label) of the grid, ``paths`` join neighbours, ``cuts`` are upright lines."""

    key: str
    title: str
    note: str
    spots: list[Spot]
    paths: list[str]
    cuts: list[float]
    lines: list[tuple[float, str]]
    limit: tuple[float, str] | None
    text: str


def line_chart(
    key: str,
    title: str,
    marks: Sequence[Mark],
    told: Callable[[float], str],
    *,
    note: str = "",
    top: float | None = None,
    limit: float | None = None,
) -> Chart | None:
    """The chart of these marks from left to right; None where none of them has a value.

    ``told`` writes a value of the grid. The scale begins at 0 and ends at ``top``, or at a round number above
    the highest value: no change looks bigger than it is.
    """
    known = [one for mark in marks for one in (mark.value, mark.high) if one is not None]
    if not known:
        return None
    step = _step(max([*known, limit or 0.0])) if top is None else top / 4
    highest = top if top is not None else step * 4

    def height(value: float) -> float:
        return round(BOTTOM - value / highest * (BOTTOM - TOP), 1)

    gap = (RIGHT - LEFT - 28) / max(1, len(marks) - 1)
    every = -(-len(marks) // MOST_LABELS)
    spots: list[Spot | None] = []
    cuts = []
    for at, mark in enumerate(marks):
        x = round(LEFT + 14 + at * gap, 1)
        if mark.cut:
            cuts.append(round(x - min(gap / 2, 12), 1))
        if mark.value is None:
            spots.append(None)
            continue
        y = height(mark.value)
        low = y if mark.low is None else height(mark.low)
        high = y if mark.high is None else height(mark.high)
        spots.append(Spot(mark, x, y, low, high, (len(marks) - 1 - at) % every == 0))
    said = [f"{one.mark.label} {one.mark.told}" for one in spots if one]
    return Chart(
        key,
        title,
        note,
        [one for one in spots if one],
        _paths(spots),
        cuts,
        [(height(step * number), told(step * number)) for number in range(5)],
        None if limit is None else (height(limit), told(limit)),
        f"{title}: {', '.join(said)}.",
    )


def _paths(spots: Sequence[Spot | None]) -> list[str]:
    """A line through each stretch of neighbours that measure the same."""
    stretch = 0
    numbered = []
    for spot in spots:
        stretch += spot is None or spot.mark.cut
        numbered.append((stretch, spot))
    found = []
    for _, group in groupby(numbered, key=lambda pair: pair[0]):
        points = [f"{spot.x} {spot.y}" for _, spot in group if spot]
        if len(points) > 1:
            found.append("M" + " L".join(points))
    return found


def _step(highest: float) -> float:
    """A quarter of the scale: a round number, four of which reach ``highest``."""
    quarter = highest / 4
    if quarter <= 0:
        return 0.25
    size = 10.0 ** floor(log10(quarter))
    return next(size * step for step in STEPS if size * step >= quarter * 0.999)
