"""Notes who fetches what, without holding up a fetch: in memory first, in one statement per minute and
process.
"""

import threading
import time
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils import timezone

from prompts.serving.models import FetchMark

AGAIN_AFTER = 600.0
"""Seconds for which the same key and prompt are not noted again."""
FLUSH_EVERY = 60.0
MOST = 500
"""Pairs that wait at most; then they are written at once."""
KNOWN_AT_MOST = 50_000

_noted: dict[tuple[int, int], float] = {}
_waiting: dict[tuple[int, int], datetime] = {}
_lock = threading.Lock()
_flushed_at = 0.0


def mark_fetch(account_id: int, prompt_id: int) -> None:
    """Notes that the key fetched the prompt; writes what waits when a minute has passed or much waits.

    The first fetch of a process is written at once. What waits is written with a later fetch of any key.
    """
    now, pair = time.monotonic(), (account_id, prompt_id)
    last = _noted.get(pair)
    if last is None or now - last >= AGAIN_AFTER:
        with _lock:
            if len(_noted) >= KNOWN_AT_MOST:
                _noted.clear()
            _noted[pair] = now
            _waiting[pair] = timezone.now()
    if _waiting and (now - _flushed_at >= FLUSH_EVERY or not _flushed_at or len(_waiting) >= MOST):
        flush_marks(now)


def flush_marks(now: float) -> int:
    """Writes what waits, in one statement; a busy database loses marks and never a fetch. Returns how
    many.
    """
    global _flushed_at
    with _lock:
        rows = [FetchMark(account_id=a, prompt_id=p, last_at=at) for (a, p), at in sorted(_waiting.items())]
        _waiting.clear()
        _flushed_at = now
    try:
        with transaction.atomic():
            FetchMark.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["account", "prompt"],
                update_fields=["last_at"],
            )
    except DatabaseError:
        return 0
    return len(rows)


def forget_marks() -> None:
    """Forgets what this process has noted: for tests, whose rows come and go."""
    global _flushed_at
    with _lock:
        _noted.clear()
        _waiting.clear()
        _flushed_at = 0.0
