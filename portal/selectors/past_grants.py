"""Who held the right to see a prompt at a moment, by grants on it or on its collection."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from audits.ledger.models import Event
from prompts.registry.events import COLLECTION_CREATED, RIGHT_GRANTED, RIGHT_REVOKED
from prompts.registry.former_names import former_names_of
from prompts.registry.models import Prompt


@dataclass(frozen=True, slots=True)
class Held:
    """The right to see, of a person (``user``, by user name) or a group, granted on the prompt or above."""

    kind: str
    name: str
    where: str
    since: datetime
    by: str


def grants_at(prompt: Prompt, at: datetime) -> tuple[list[Held], int]:
    """The grants of the moment, and how many entries about grants until then cannot be read any more.

    One query more than the former names take. The owning team of a collection holds it from its making on.
    """
    names = [prompt.name, *former_names_of([prompt.pk]).get(prompt.pk, [])]
    changes = (RIGHT_GRANTED.name, RIGHT_REVOKED.name)
    slug = prompt.collection.slug
    on_prompt = Q(subject_type="prompt", subject__in=names, event__in=changes)
    above = Q(subject_type="collection", subject=slug, event__in=(*changes, COLLECTION_CREATED.name))
    held: dict[tuple[str, str, str], Held] = {}
    hidden = 0
    for entry in Event.objects.filter(on_prompt | above, recorded_at__lte=at).order_by("id"):
        if entry.payload is None:
            hidden += 1
            continue
        kind, name, rights = _told(entry)
        where = "this prompt" if entry.subject_type == "prompt" else f"the collection {slug}"
        if not name or "view" not in rights:
            continue
        if entry.event == RIGHT_REVOKED.name:
            held.pop((where, kind, name), None)
        else:
            one = Held(kind, name, where, entry.recorded_at, entry.actor)
            held.setdefault((where, kind, name), one)
    return list(held.values()), hidden


def _told(entry: Event) -> tuple[str, str, list[str]]:
    told = json.loads(entry.payload or "{}")
    if entry.event == COLLECTION_CREATED.name:
        team = told.get("team")
        return "group", f"team:{team}" if team else "", ["view"]
    return told.get("kind", ""), told.get("to", ""), told.get("rights", [])
