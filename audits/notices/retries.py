"""When a message is tried again. Pure; the steps are those that Standard Webhooks gives as an example."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

STEPS = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the first, second … try."""
MOST = len(STEPS)
LEASE = timedelta(seconds=60)
"""A try takes less; one that was begun and not finished is due again after so long."""
PAUSES = (5, 30, 120, 300)
"""Seconds for which an endpoint is left alone after the first, second … failure in a row that is its own."""
THROTTLE = frozenset({429, 502, 503, 504})
"""Statuses by which a receiver asks for less."""
LONGEST_PAUSE = timedelta(hours=24)


def jitter(seconds: float) -> timedelta:
    """Up to a fifth more, so that what failed together does not come back together."""
    return timedelta(seconds=seconds * random.uniform(1.0, 1.2))


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When, after so many tries, the next one is due; None when there is none left."""
    return None if attempts >= MOST else now + jitter(STEPS[attempts])


def pause(failures: int, now: datetime, wanted: timedelta | None = None) -> datetime:
    """Until when an endpoint is left alone after so many failures in a row, or as long as it ``wanted``."""
    step = jitter(PAUSES[min(max(failures, 1), len(PAUSES)) - 1])
    return now + (min(max(wanted, step), LONGEST_PAUSE) if wanted is not None else step)


def retry_after(value: str, now: datetime) -> timedelta | None:
    """What a ``Retry-After`` header asks for (RFC 9110, 10.2.3: seconds or a date); None if it is neither."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
