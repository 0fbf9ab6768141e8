"""Pages of prompts without numbers: each begins after the row that the page before it ended with.

A row's *place* is a text that says where it stands: ``2026-03-01T10:00:00+00:00|17`` among the most recent,
``-3.25|clinic/triage`` among hits. A page costs what the first one does, nothing comes twice while prompts
are written, and no page is too deep.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from prompts.registry.models import Prompt

LONGEST_PLACE = 400


def place_of(row: Prompt) -> str:
    """The place of a row that ``recent_first`` or ``best_first`` returned."""
    rank = getattr(row, "rank", None)
    return f"{row.updated_at.isoformat()}|{row.pk}" if rank is None else f"{float(rank)!r}|{row.name}"


def is_place(text: str) -> bool:
    """Whether a text that came back can be a place; one that is none stands for the beginning below."""
    return _recent(text) is not None or _hit(text) is not None


def recent_first(rows: QuerySet[Prompt], after: str = "") -> QuerySet[Prompt]:
    """The rows by their last edit, those after the place."""
    place = _recent(after)
    if place is not None:
        moment, key = place
        rows = rows.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=key))
    return rows.order_by("-updated_at", "-pk")


def best_first(
    rows: QuerySet[Prompt],
    rank: str,
    values: Sequence[Any] = (),
    *,
    after: str,
    where: Sequence[str] = (),
    params: Sequence[Any] = (),
    **extra: Any,
) -> QuerySet[Prompt]:
    """The rows by ``rank`` and name, those after the place.

    ``rank`` is a constant SQL expression with its values, best lowest; the rest is as for ``extra``.
    """
    place = _hit(after)
    if place is not None:
        where = [*where, f"({rank}, registry_prompt.name) > (%s, %s)"]
        params = [*params, *values, *place]
    return rows.extra(  # noqa: S610  constant texts, what was typed is a parameter
        select={"rank": rank},
        select_params=list(values),
        where=list(where),
        params=list(params),
        order_by=["rank", "registry_prompt.name"],
        **extra,
    )


def _recent(text: str) -> tuple[datetime, int] | None:
    moment, _, key = text[:LONGEST_PLACE].partition("|")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    try:
        seen = parse_datetime(moment)
    except ValueError:
        return None
    return (seen, int(key)) if seen is not None and seen.tzinfo is not None else None


def _hit(text: str) -> tuple[float, str] | None:
    number, _, name = text[:LONGEST_PLACE].partition("|")
    try:
        rank = float(number)
    except ValueError:
        return None
    return (rank, name) if math.isfinite(rank) and name and name.isprintable() else None
