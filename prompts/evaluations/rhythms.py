"""When a schedule is due: its rhythm, told by the wall clock of a time zone, as instants in UTC. Pure.

A time of day that a clock change leaves out is taken an hour later, one that comes twice is taken the first
time: every day on which a schedule is due it runs once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

INTERVAL, DAILY, WEEKLY = "interval", "daily", "weekly"
RELEASED, SUBMITTED = "released", "submitted"
BY_CLOCK = (INTERVAL, DAILY, WEEKLY)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``minutes`` belong to an interval, ``days`` to a daily rhythm, ``weekdays`` (0 is Monday) to a weekly.

    ``at`` is a time of day in ``zone``, an IANA name.
    """

    kind: str = INTERVAL
    minutes: int = 1440
    days: int = 1
    at: time = time(9)
    weekdays: tuple[int, ...] = ()
    zone: str = "UTC"

    @property
    def by_clock(self) -> bool:
        """Whether time alone makes it due."""
        return self.kind in BY_CLOCK


def instant(day: date, at: time, zone: str) -> datetime:
    """That time of that day in UTC, whether the zone's clocks skip it or show it twice."""
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), ZoneInfo(zone)).astimezone(UTC)


def first_instant(rhythm: Rhythm, now: datetime) -> datetime:
    """When it is due for the first time, after ``now``."""
    if rhythm.kind == INTERVAL:
        return now + timedelta(minutes=rhythm.minutes)
    # The next such time of day, whatever the number of days: that begins to count there.
    return _on_days(replace(rhythm, days=1), now.astimezone(ZoneInfo(rhythm.zone)).date(), now)


def next_instant(rhythm: Rhythm, due: datetime, now: datetime) -> datetime:
    """The first instant after ``now`` on the grid on which ``due`` lies."""
    if rhythm.kind == INTERVAL:
        period = timedelta(minutes=rhythm.minutes)
        return due + period * ((now - due) // period + 1)
    return _on_days(rhythm, due.astimezone(ZoneInfo(rhythm.zone)).date(), max(now, due))


def _on_days(rhythm: Rhythm, start: date, now: datetime) -> datetime:
    """The first due day at or after ``start`` whose instant is after ``now``."""
    step = rhythm.days if rhythm.kind == DAILY else 1
    today = now.astimezone(ZoneInfo(rhythm.zone)).date()
    # The day before, since at the date line an instant of yesterday may still be ahead.
    behind = max(0, (today - start).days - 1)
    day = start + timedelta(days=behind // step * step)
    while not _is_due(rhythm, day) or instant(day, rhythm.at, rhythm.zone) <= now:
        day += timedelta(days=step)
    return instant(day, rhythm.at, rhythm.zone)


def _is_due(rhythm: Rhythm, day: date) -> bool:
    return rhythm.kind != WEEKLY or day.weekday() in rhythm.weekdays


def next_instants(rhythm: Rhythm, due: datetime, count: int = SHOWN) -> list[datetime]:
    """``due`` and those that follow it; nothing for a rhythm that no clock makes due."""
    found = [due] if rhythm.by_clock else []
    while found and len(found) < count:
        found.append(next_instant(rhythm, found[-1], found[-1]))
    return found


def missed_instants(rhythm: Rhythm, due: datetime, now: datetime, most: int = 1000) -> int:
    """How many instants from ``due`` on have passed; ``most`` stands for more."""
    count = 0
    while rhythm.by_clock and due <= now and count < most:
        count += 1
        due = next_instant(rhythm, due, due)
    return count


def in_words(rhythm: Rhythm) -> str:
    """The rhythm as people say it, with the time zone named."""
    if rhythm.kind == RELEASED:
        return "when a version is released"
    if rhythm.kind == SUBMITTED:
        return "when a version is submitted"
    if rhythm.kind == INTERVAL:
        return _every(rhythm.minutes)
    clock = f"at {rhythm.at:%H:%M} ({rhythm.zone})"
    if rhythm.kind == DAILY:
        return f"every day {clock}" if rhythm.days == 1 else f"every {rhythm.days} days {clock}"
    return f"{_listed([WEEKDAYS[day] for day in sorted(rhythm.weekdays)])} {clock}"


def _every(minutes: int) -> str:
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            count = minutes // size
            return f"every {unit}" if count == 1 else f"every {count} {unit}s"
    raise AssertionError  # pragma: no cover  every number of minutes is one of minutes


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
