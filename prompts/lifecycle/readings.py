"""What a signer must have opened, and how the time on the page is counted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_STEP = timedelta(seconds=60)
"""More than this is not counted between two signs of life: who went away was not reading."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What one person has opened of a request.

    ``diffs`` are the digests that it was compared with (empty text: nothing was live), ``failures`` the keys
    of results, ``seconds`` the time on the page, ``last_at`` the last sign of life.
    """

    diffs: frozenset[str] = frozenset()
    failures: frozenset[str] = frozenset()
    seconds: int = 0
    last_at: datetime | None = None


def counted(before: int, last_at: datetime, now: datetime, *, is_opening: bool) -> int:
    """Seconds on the page after one more sign of life, given those before it.

    A page that is opened (again) after a long pause adds nothing, any other sign at most ``LONGEST_STEP``.
    """
    gap = max(now - last_at, timedelta())
    if gap > LONGEST_STEP:
        gap = timedelta() if is_opening else LONGEST_STEP
    return before + round(gap.total_seconds())


def unread(opened: Opened, *, compared: str, failures: Iterable[str]) -> str:
    """What must still be opened before signing, in words; an empty text where nothing is left."""
    left = len(set(failures) - opened.failures)
    parts = [] if compared in opened.diffs else ["what changed"]
    if left:
        parts.append("one failure" if left == 1 else f"{left} failures")
    return f"Open {' and '.join(parts)} before you sign." if parts else ""
