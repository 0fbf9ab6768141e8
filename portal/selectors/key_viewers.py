"""Which keys of applications could read a prompt's text at a moment, and which texts of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from audits.identity.models import ServiceAccount
from prompts.registry.models import Prompt
from prompts.releases.models import Freeze, Release, Retirement


def keys_at(prompt: Prompt, at: datetime) -> Iterator[tuple[Any, str]]:
    """Each key's row as it stood then, and in words what it could read; four queries.

    Keys keep a history of their scope, so this much is told from rows and not from entries.
    """
    rows = ServiceAccount.history.filter(history_date__lte=at).order_by("id", "-history_date", "-history_id")  # type: ignore[attr-defined]
    newest: dict[int, Any] = {}
    for row in rows:
        newest.setdefault(row.id, row)
    places = _released(prompt, at)
    for row in sorted(newest.values(), key=lambda row: row.name):
        if _lives(row, at) and (row.all_collections or prompt.collection.slug in row.collections):
            reads = _reads(row, places)
            if reads:
                yield row, reads


def served_then(prompt: Prompt, at: datetime) -> str:
    """What lay over the prompt at the moment, in words; empty where nothing did."""
    freeze = Freeze.objects.filter(Q(lifted_at=None) | Q(lifted_at__gt=at), prompt=prompt, at__lte=at)
    if freeze.exists():
        return "It was frozen then: keys got its safe version, or nothing."
    if Retirement.objects.filter(prompt=prompt, sunset_at__lte=at).exists():
        return "It was retired then: keys got its successor, or nothing."
    return ""


def _lives(row: Any, at: datetime) -> bool:
    is_shut = any(moment and moment <= at for moment in (row.revoked_at, row.suspended_at))
    return row.history_type != "-" and not is_shut and row.expires_at > at


def _released(prompt: Prompt, at: datetime) -> list[str]:
    made = Release.objects.filter(prompt=prompt, released_at__lte=at)
    kept = made.exclude(state=Release.State.WITHDRAWN, ended_at__lte=at)
    return sorted(set(kept.values_list("environment__slug", flat=True)))


def _reads(row: Any, places: list[str]) -> str:
    if "read_drafts" in row.verbs:
        return "every version, drafts too"
    mine = [place for place in places if place in row.environments]
    return f"what was released to {', '.join(mine)}" if mine and "read" in row.verbs else ""
