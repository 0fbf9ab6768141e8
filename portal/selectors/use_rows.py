"""Use by the hour as a small bar chart, in SVG units."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from prompts.observability.selectors import hourly

HOURS = 24
WIDTH, HEIGHT, LEFT, TOP = 704, 120, 48, 12


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


def hours_chart(prompt_ids: Collection[int] | None, calls: Any = None) -> HoursChart:
    """The last 24 hours, empty ones included."""
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    first = this_hour - timedelta(hours=HOURS - 1)
    found = {hour.hour: hour for hour in hourly(prompt_ids, first, calls)}
    counts = [(first + timedelta(hours=n), found.get(first + timedelta(hours=n))) for n in range(HOURS)]
    most = max((hour.calls for hour in found.values()), default=0)
    step = WIDTH / HOURS
    bars = []
    for at, (moment, hour) in enumerate(counts):
        number, errors = (hour.calls, hour.errors) if hour else (0, 0)
        tall = round(number / most * HEIGHT, 1) if most else 0.0
        failed = round(errors / most * HEIGHT, 1) if most else 0.0
        floor = TOP + HEIGHT
        label = f"{moment:%H}" if moment.hour % 4 == 0 else ""
        x, width = round(LEFT + at * step + 2, 1), round(step - 4, 1)
        top, foot = round(floor - tall, 1), round(floor - failed, 1)
        bars.append(Bar(moment, number, errors, x, top, width, tall, foot, failed, label))
    total = sum(bar.calls for bar in bars)
    text = f"{total} calls in 24 hours, at most {most} in one hour." if total else "No calls in 24 hours."
    return HoursChart(bars, most, total, text)
