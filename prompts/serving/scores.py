"""Scores as the SDKs send them."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from prompts.observability.records import ScoreData, clean, decimal
from prompts.serving.http import BadRequest

WORDS = {"CATEGORICAL", "TEXT", "CORRECTION"}
LONGEST_WORD = 500


def to_score(body: Any) -> ScoreData:
    """One score; raises ``BadRequest`` with what is wrong."""
    if not isinstance(body, dict):
        raise BadRequest("A score must be an object.")
    name = body.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 120:
        raise BadRequest("A score needs a name of at most 120 characters.", field="name")
    if not any(body.get(field) for field in ("traceId", "sessionId", "observationId")):
        raise BadRequest("A score needs a traceId, an observationId or a sessionId.", field="traceId")
    value, text = worth(body.get("value"), str(body.get("dataType") or "").upper())
    return ScoreData(
        name=clean(name.strip(), 120),
        scored_at=moment(body.get("timestamp")) or datetime.now(UTC),
        key=clean(body.get("id"), 80),
        trace_id=clean(body.get("traceId"), 64),
        span_id=clean(body.get("observationId"), 64),
        session=clean(body.get("sessionId"), 200),
        value=value,
        text=text,
        comment=clean(body.get("comment"), 10_000),
        source="ANNOTATION" if body.get("source") == "ANNOTATION" else "API",
        environment=clean(body.get("environment"), 80),
    )


def worth(value: Any, kind: str) -> tuple[Decimal | None, str]:
    """(number, word) of a score; exactly one says something. Raises ``BadRequest``."""
    if isinstance(value, str):
        if kind in {"NUMERIC", "BOOLEAN"}:
            raise BadRequest("A numeric score needs a number as its value.", field="value")
        if not value or len(value) > LONGEST_WORD:
            raise BadRequest(f"A score's word has 1 to {LONGEST_WORD} characters.", field="value")
        return None, clean(value, LONGEST_WORD)
    if kind in WORDS:
        raise BadRequest("A score of this type needs a word as its value.", field="value")
    number = (
        decimal(int(value) if isinstance(value, bool) else value) if isinstance(value, int | float) else None
    )
    if number is None or (isinstance(value, float) and not math.isfinite(value)):
        raise BadRequest("A score needs a finite number or a word as its value.", field="value")
    if kind == "BOOLEAN" and number not in (0, 1):
        raise BadRequest("A score of yes or no is 1 or 0.", field="value")
    return number, ""


def moment(value: Any) -> datetime | None:
    """A time in ISO 8601, as UTC where it names no zone; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = parse_datetime(value)
        # Told in UTC here, since at the ends of the calendar another zone's time has no place in it.
        return (
            None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        return None
