"""The history of a prompt's descriptive fields: who changed which of them from what to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.identity.models import User
from prompts.registry.models import Collection, Prompt

SHOWN = 20
HIDDEN = {"updated_at", "created_at", "archived_at", "id"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One saved edit; ``changes`` holds (field, before, after) as texts."""

    at: datetime
    who: str
    changes: list[tuple[str, str, str]]
    is_first: bool


def edits_of(prompt: Prompt) -> list[Edit]:
    """The newest edits, each compared with the one before."""
    rows = list(prompt.history.order_by("-history_date", "-history_id")[: SHOWN + 1])
    people = dict(
        User.objects.filter(username__in={row.history_actor for row in rows}).values_list(
            "username", "full_name"
        )
    )
    owners = {row.owner_id for row in rows if row.owner_id}
    names = {"owner": dict(User.objects.filter(pk__in=owners).values_list("pk", "full_name"))}
    names["collection"] = dict(Collection.objects.filter(pk=prompt.collection_id).values_list("pk", "slug"))
    told = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        if before is None and len(rows) > SHOWN:
            break
        changes = [] if before is None else _changes(row, before, names)
        if changes or before is None:
            who = people.get(row.history_actor, row.history_actor)
            told.append(Edit(row.history_date, who, changes, before is None))
    return told


def _changes(row: Any, before: Any, names: dict[str, dict[int, str]]) -> list[tuple[str, str, str]]:
    found = []
    for field in Prompt._meta.concrete_fields:
        if field.name in HIDDEN:
            continue
        old, new = getattr(before, field.attname), getattr(row, field.attname)
        if old != new:
            known = names.get(field.name, {})
            found.append((str(field.verbose_name), _text(old, known), _text(new, known)))
    return found


def _text(value: Any, known: dict[int, str]) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "empty"
    return (
        str(known.get(value, value) if isinstance(value, int) else value)
        if value not in (None, "")
        else "empty"
    )
