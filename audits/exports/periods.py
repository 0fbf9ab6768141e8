"""How long the content of an entry is kept: a number of days or of calendar years."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY, YEAR = "day", "year"
SHORTEST_DAYS, MOST_YEARS = 30, 100


@dataclass(frozen=True, slots=True)
class Period:
    """``amount`` of ``unit`` (``day`` or ``year``)."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount:,} {self.unit}{'' if self.amount == 1 else 's'}"

    def before(self, now: datetime) -> datetime:
        """The newest moment whose period is over at ``now``.

        A year ends on the same day of the calendar. Where that day is missing, it is the last one before it:
        nothing goes a day early.
        """
        if self.unit == DAY:
            return now - timedelta(days=self.amount)
        try:
            return now.replace(year=now.year - self.amount)
        except ValueError:  # 29 February
            return now.replace(year=now.year - self.amount, day=28)

    def why_not(self) -> str:
        """What stands against such a period, or empty."""
        if self.unit not in (DAY, YEAR):
            return "A period is told in days or in years."
        most = MOST_YEARS if self.unit == YEAR else MOST_YEARS * 365
        least = 1 if self.unit == YEAR else SHORTEST_DAYS
        if not least <= self.amount <= most:
            return f"A period has {SHORTEST_DAYS} days at least and {MOST_YEARS} years at most."
        return ""


def is_shorter(new: Period | None, old: Period | None, now: datetime) -> bool:
    """Whether content would go earlier than before; None keeps it for ever."""
    if new is None:
        return False
    return old is None or new.before(now) > old.before(now)
