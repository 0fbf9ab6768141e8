"""How prompts are used: totals and hours for dashboards, each in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncHour

from prompts.observability.models import Call


@dataclass(frozen=True, slots=True)
class Use:
    """Calls, failed ones, mean latency in milliseconds, tokens, cost in US dollars, the newest call."""

    calls: int = 0
    errors: int = 0
    latency_ms: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """The same for one hour, named by its beginning."""

    hour: datetime
    calls: int
    errors: int
    latency_ms: float | None
    cost: Decimal


FAILED = Count("pk", filter=~Q(error=""))


def use_of(prompt_ids: Collection[int], since: datetime) -> dict[int, Use]:
    """Use of each of these prompts from ``since`` on; one that nobody used has an empty ``Use``."""
    rows = (
        Call.objects.filter(prompt__in=prompt_ids, started_at__gte=since)
        .values("prompt_id")
        .annotate(
            calls=Count("pk"),
            errors=FAILED,
            latency_ms=Avg("latency_ms"),
            input_tokens=Sum("input_tokens", default=0),
            output_tokens=Sum("output_tokens", default=0),
            cost=Sum("cost", default=Decimal(0)),
            last_at=Max("started_at"),
        )
    )
    found = {}
    for row in rows:
        numbers: dict[str, Any] = dict(row)
        key = numbers.pop("prompt_id")
        found[key] = Use(**numbers)
    return {pk: found.get(pk, Use()) for pk in prompt_ids}


def hourly(
    prompt_ids: Collection[int] | None, since: datetime, calls: QuerySet[Call] | None = None
) -> list[Hour]:
    """Use by hour from ``since`` on, oldest first, without empty hours; None means all prompts.

    ``calls`` narrows the rows first, such as to ``calls_visible_to(actor)``.
    """
    rows = (Call.objects.all() if calls is None else calls).filter(started_at__gte=since)
    if prompt_ids is not None:
        rows = rows.filter(prompt__in=prompt_ids)
    hours = (
        rows.annotate(hour=TruncHour("started_at"))
        .values("hour")
        .annotate(
            calls=Count("pk"),
            errors=FAILED,
            latency_ms=Avg("latency_ms"),
            cost=Sum("cost", default=Decimal(0)),
        )
        .order_by("hour")
    )
    return [Hour(**row) for row in hours]
