"""What is told about calls and scores, cleaned so that any database takes it."""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_TEXT = 1_000_000
LARGEST_COUNT = 2**31 - 1
LARGEST_NUMBER = Decimal(10) ** 9


def clean(value: Any, limit: int = LONGEST_TEXT) -> str:
    """``value`` as text of at most ``limit`` characters; NUL and lone surrogates become U+FFFD."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return UNWRITABLE.sub("\ufffd", text[:limit])


def count(value: Any) -> int | None:
    """A count of tokens, or None for what is none."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= LARGEST_COUNT else None


def decimal(value: Any) -> Decimal | None:
    """A finite number with at most ten decimals, or None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value)[:60])
        if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
            return None
        return number.quantize(Decimal("1e-10")).normalize() + 0
    except (InvalidOperation, ValueError):
        return None


def milliseconds(seconds: float) -> float | None:
    """A duration in seconds as milliseconds, or None if it is negative or not finite."""
    value = seconds * 1000
    return round(value, 3) if math.isfinite(value) and value >= 0 else None


@dataclass(slots=True)
class CallData:
    """One call as told; texts are cleaned, None means that nobody told.

    ``ended_at`` only serves to compute the latency of a call that is told in two parts.
    """

    trace_id: str
    span_id: str
    started_at: datetime
    ended_at: datetime | None = None
    name: str = ""
    provider: str = ""
    request_model: str = ""
    response_model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: Decimal | None = None
    latency_ms: float | None = None
    finish_reason: str = ""
    prompt_name: str = ""
    version_number: int | None = None
    environment: str = ""
    arm: str = ""
    session: str = ""
    user: str = ""
    error: str = ""
    input: str = ""
    output: str = ""
    reasoning: str = ""


@dataclass(slots=True)
class ScoreData:
    """One score as told: ``value`` for numbers and yes or no, ``text`` for words."""

    name: str
    scored_at: datetime
    key: str = ""
    trace_id: str = ""
    span_id: str = ""
    session: str = ""
    value: Decimal | None = None
    text: str = ""
    comment: str = ""
    source: str = "API"
    environment: str = ""
