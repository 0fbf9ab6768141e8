"""How times and shares are told: relative, with unit, in plain English. Pure."""

from datetime import datetime
from decimal import Decimal

STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (10**9, "day"))


def span(seconds: float) -> str:
    """A length of time in its largest whole unit: ``4 days``, ``1 hour``; up to 45 seconds ``a moment``."""
    amount = abs(seconds)
    if amount < 45:
        return "a moment"
    for size, unit in STEPS:
        if amount < size or unit == "day":
            whole = int(amount)
            return f"{whole} {unit}" if whole == 1 else f"{whole} {unit}s"
        amount /= size
    raise AssertionError  # pragma: no cover  days have no end


def relative(moment: datetime, now: datetime) -> str:
    """``4 days ago``, ``in 2 hours``, ``a moment ago``."""
    seconds = (now - moment).total_seconds()
    return f"{span(seconds)} ago" if seconds >= -1 else f"in {span(seconds)}"


def exact(moment: datetime) -> str:
    """``17 March 2026, 09:00:00 UTC``; the zone is the moment's own."""
    return f"{moment.day} {moment:%B %Y, %H:%M:%S %Z}".strip()


def lasted(milliseconds: float | Decimal | None) -> str:
    """How long something took: ``850 ms``, ``1.2 s``, ``2 min 5 s``; an en dash for no value."""
    if milliseconds is None:
        return "\u2013"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f}\u00a0ms"
    seconds = float(milliseconds) / 1000
    if seconds < 59.95:
        return f"{seconds:.1f}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}\u00a0min {rest}\u00a0s"
