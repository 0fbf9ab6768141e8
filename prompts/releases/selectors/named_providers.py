"""Providers that a gate names, and whether they still lead where they led when two people named them.

A name alone proves nothing: whoever configures providers could lead it to an address that answers whatever
the cases want to read.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prompts.evaluations.models import Provider
from prompts.releases.models import GateSuite

ANSWERING = ("kind", "base_url", "model", "parameters")
"""Settings on which the answers depend."""


def moved_providers(rows: Iterable[GateSuite]) -> dict[int, frozenset[str]]:
    """By the row's key, the names whose settings were changed since ``pinned_at``, also back again.

    One query for any number of rows, none where no provider is named.
    """
    bound = [row for row in rows if row.providers]
    names = {name for row in bound for name in row.providers}
    past: dict[str, list[tuple[datetime, list[Any]]]] = {name: [] for name in names}
    if names:
        told = Provider.history.filter(name__in=names).order_by("history_date", "history_id")
        for name, at, *settings in told.values_list("name", "history_date", *ANSWERING):
            past[name].append((at, settings))
    return {
        row.pk: frozenset(name for name in row.providers if _moved(past[name], row.pinned_at))
        for row in bound
    }


def _moved(past: list[tuple[datetime, list[Any]]], pinned_at: datetime) -> bool:
    """Whether a later state answers otherwise than the one that was in force then."""
    before = [settings for at, settings in past if at <= pinned_at]
    later = [settings for at, settings in past if at > pinned_at]
    return any(settings != before[-1] for settings in later) if before else True
