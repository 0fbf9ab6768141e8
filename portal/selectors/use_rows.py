"""Use by the hour as a small bar chart, in SVG units."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from prompts.observability.selectors import hourly

HOURS = 24
WIDTH, HEIGHT, LEFT, TOP = 704, 120, 48, 12
WIDE = 1072
"""Widths of the ground, for a chart beside a side column and for one over the whole page."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour: its calls, and the rectangle that shows them; failed calls stand at its foot."""

    hour: datetime
    calls: int
    errors: int
    x: float
    y: float
    width: float
    height: float
    failed_y: float
    failed_height: float
    label: str


@dataclass(frozen=True, slots=True)
class HoursChart:
    """24 bars, the highest count, and the same in words."""

    bars: list[Bar]
    most: int
    total: int
    text: str
    width: int = WIDTH

    @property
    def failed(self) -> int:
        """Failed calls of all hours."""
        return sum(bar.errors for bar in self.bars)

    @property
    def right(self) -> int:
        """Where the ground ends."""
        return LEFT + self.width

    @property
    def whole(self) -> int:
        """The width of the drawing."""
        return self.right + LEFT - 16


def hours_chart(prompt_ids: Collection[int] | None, calls: Any = None, *, width: int = WIDTH) -> HoursChart:
    """The last 24 hours, empty ones included."""
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    first = this_hour - timedelta(hours=HOURS - 1)
    found = {hour.hour: hour for hour in hourly(prompt_ids, first, calls)}
    counts = [(first + timedelta(hours=n), found.get(first + timedelta(hours=n))) for n in range(HOURS)]
    most = max((hour.calls for hour in found.values()), default=0)
    step = width / HOURS
    bars = []
    for at, (moment, hour) in enumerate(counts):
        number, errors = (hour.calls, hour.errors) if hour else (0, 0)
        tall = round(number / most * HEIGHT, 1) if most else 0.0
        failed = round(errors / most * HEIGHT, 1) if most else 0.0
        floor = TOP + HEIGHT
        label = f"{moment:%H}" if moment.hour % 4 == 0 else ""
        x, broad = round(LEFT + at * step + 2, 1), round(step - 4, 1)
        top, foot = round(floor - tall, 1), round(floor - failed, 1)
        bars.append(Bar(moment, number, errors, x, top, broad, tall, foot, failed, label))
    total = sum(bar.calls for bar in bars)
    calls_of = f"{total:,} call{'' if total == 1 else 's'}"
    text = f"{calls_of} in 24 hours, at most {most:,} in one hour." if total else "No calls in 24 hours."
    return HoursChart(bars, most, total, text, width)
