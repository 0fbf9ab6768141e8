"""The audit trail as a file, whole or in part, at constant memory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from audits.exports.events import TRAIL_EXPORTED
from audits.exports.formats import FORMATS, Row
from audits.exports.policies import TrailPolicy
from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.verbs import verb
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Checkpoint, Event
from audits.ledger.selectors import place_of
from audits.ledger.services import integrate, record
from audits.ledger.services.record_event import timestamp

PIECE = 500
"""Entries held in memory at once."""


@dataclass(frozen=True, slots=True)
class TrailExport:
    """An export that was recorded and can be read once or more, always with the same entries.

    All of them are in the tree that ``checkpoint`` signs; an export of everything ends with its own entry.
    """

    format: str
    checkpoint: Checkpoint
    _rows: QuerySet[Event]

    @property
    def media_type(self) -> str:
        """For the Content-Type header."""
        return FORMATS[self.format][0]

    def lines(self) -> Iterator[str]:
        """The file's text in pieces of one entry each, in the order of positions."""
        _, head, write = FORMATS[self.format]
        if head:
            yield head
        start = 0
        while rows := [_row(event) for event in self._rows.filter(leaf__position__gte=start)[:PIECE]]:
            yield from map(write, rows)
            start = int(str(rows[-1]["position"])) + 1


def export_trail(*, actor: Actor, format: str, asked: TrailFilter, visible: QuerySet[Event]) -> TrailExport:
    """Records the export, takes it and everything before it into the tree, and returns what to write.

    ``visible`` are the events that the actor may see; the caller knows, since prompts live above this room.
    Not one transaction: entries can be proven only after the record of the export was committed. Raises
    ``Refused``, and ``Unacceptable`` for an unknown format.
    """
    noted = _note(actor=actor, format=format, asked=asked)
    checkpoint = integrate(wait=True)
    assert checkpoint is not None  # noqa: S101  there is at least the event written just now
    rows = asked.apply(visible).filter(leaf__position__lt=checkpoint.size)
    if asked != TrailFilter():  # its filters are in its payload, where they would find themselves
        rows = rows.exclude(pk=noted.pk)
    return TrailExport(format, checkpoint, rows.select_related("leaf").order_by("leaf__position"))


@verb
def _note(*, actor: Actor, format: str, asked: TrailFilter) -> Event:
    TrailPolicy(actor).require("export")
    if format not in FORMATS:
        raise Unacceptable(f"There is no format {format!r}; there are {', '.join(FORMATS)}.", field="format")
    payload = {"format": format, "filters": asked.as_dict()}
    return record(
        event=TRAIL_EXPORTED, actor=actor, subject_type="export", subject="the audit trail", payload=payload
    )


def _row(event: Event) -> Row:
    texts = ("event", "actor_type", "actor", "role", "subject_type", "subject", "reason", "request_id")
    leaf = place_of(event)
    assert leaf is not None  # noqa: S101  only entries of the tree are asked for
    return {
        "position": leaf.position,
        "time": timestamp(event.recorded_at),
        **{name: getattr(event, name) for name in texts},
        "payload": json.loads(event.payload) if event.payload else None,
        "leaf_hash": leaf.leaf_hash,
    }
