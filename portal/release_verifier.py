"""What `verify_ledger` compares of releases: every move of a pointer is as its entry tells, none is gone."""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from audits.ledger.models import Event, Leaf
from audits.ledger.verifiers import Fault
from portal.events import LOAD
from prompts.releases.events import EMERGENCY_RELEASED, RELEASE_INHERITED, RELEASE_MADE, ROLLED_BACK
from prompts.releases.models import Release

PIECE = 500
MOVES = tuple(str(kind) for kind in (RELEASE_MADE, ROLLED_BACK, EMERGENCY_RELEASED, RELEASE_INHERITED))


def releases() -> Iterator[Fault]:
    """Bulk data is entered as a whole and left out here."""
    rows = Release.objects.select_related("prompt", "version", "environment", "replaced").order_by("pk")
    rows = rows.exclude(prompt__name__startswith=f"{LOAD}/").defer(
        "version__canonical", "replaced__canonical"
    )
    iterator = rows.iterator(PIECE)
    while piece := list(islice(iterator, PIECE)):
        told = _entries({str(row) for row in piece})
        for row in piece:
            event = told.get(row.pk)
            if event is None:
                yield Fault(str(row), "no entry tells of this release")
            elif reason := _difference(row, event):
                yield Fault(str(row), reason, _position(event))
    yield from _vanished()


def _entries(subjects: set[str]) -> dict[int, Event]:
    """The events that tell of these moves, by the key of the release that each names."""
    rows = Event.objects.filter(subject_type="release", subject__in=subjects, event__in=MOVES).order_by("pk")
    return {int(_payload(event).get("release", 0)): event for event in rows}


def _difference(row: Release, event: Event) -> str:
    told = _payload(event)
    if (row.version.digest, row.version.number) != (told.get("digest"), told.get("to")):
        return "the version is not the one that was recorded"
    if row.environment.slug != told.get("environment"):
        return "the environment is not the one that was recorded"
    if (row.replaced.number if row.replaced else None) != told.get("from"):
        return "what it replaced is not what was recorded"
    if (row.released_by_name, row.reason) != (event.actor, event.reason):
        return "who released it, or why, is not what was recorded"
    kinds = (row.is_rollback, row.is_emergency, row.inherited)
    recorded = tuple(
        event.event == str(kind) for kind in (ROLLED_BACK, EMERGENCY_RELEASED, RELEASE_INHERITED)
    )
    return "" if kinds == recorded else "it is not the kind of release that was recorded"


def _vanished() -> Iterator[Fault]:
    iterator = Event.objects.filter(event__in=MOVES).order_by("pk").iterator(PIECE)
    while piece := list(islice(iterator, PIECE)):
        wanted: dict[int, list[Event]] = defaultdict(list)
        for event in piece:
            wanted[int(_payload(event).get("release", 0))].append(event)
        there = set(Release.objects.filter(pk__in=set(wanted)).values_list("pk", flat=True))
        for key in sorted(set(wanted) - there):
            for event in wanted[key]:
                yield Fault(event.subject, "the release is gone", _position(event))


def _payload(event: Event) -> dict[str, Any]:
    return json.loads(event.payload) if event.payload else {}


def _position(event: Event) -> int | None:
    return Leaf.objects.filter(event=event).values_list("position", flat=True).first()
