"""The audit trail as a file, whole or in part, at constant memory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from audits.exports.events import TRAIL_EXPORTED
from audits.exports.formats import FORMATS, LINES, Values
from audits.exports.marks import EVERY, Mark, Tell
from audits.exports.packs import PackWriter, key_line
from audits.exports.policies import TrailPolicy
from audits.exports.workbook import write_workbook
from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.verbs import verb
from audits.ledger.canonical import canonical_json
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Checkpoint, Event
from audits.ledger.selectors import erasures_of
from audits.ledger.services import integrate, record
from audits.ledger.services.record_event import timestamp
from audits.ledger.stored import Plain

TRAIL = "the audit trail"


@dataclass(frozen=True, slots=True)
class TrailExport:
    """An export that was recorded and can be read once or more, always with the same entries.

    All of them are in the tree that ``checkpoint`` signs; an export of everything ends with its own entry.
    """

    format: str
    checkpoint: Checkpoint
    asked: TrailFilter
    made_by: str
    _rows: QuerySet[Event]

    @property
    def media_type(self) -> str:
        """For the Content-Type header."""
        return FORMATS[self.format][1]

    @property
    def total(self) -> int:
        """How many entries it has; one query that counts them."""
        return self._rows.order_by().count()

    def rows(self, start: int = 0) -> Iterator[Values]:
        """The entries from that position on, in order, a piece in memory at a time; never a long cursor."""
        ordered = columns_of(self._rows.order_by("leaf__position"))
        while piece := list(ordered.filter(leaf__position__gte=start)[:EVERY]):
            yield from _finished(piece)
            start = piece[-1][0] + 1

    def lines(self) -> Iterator[str]:
        """The text of a format of lines, in pieces of one entry each."""
        head, write = LINES[self.format]
        if head:
            yield head
        yield from map(write, self.rows())

    def write(self, path: Path, tell: Tell, since: Mark | None = None) -> int:
        """Writes the whole file into ``path``; returns how many entries. Raises ``OSError``.

        ``since`` is a mark that an earlier try told of the same path: a format of lines goes on from there.
        """
        if self.format == "bundle":
            about = {"filter": self.asked.as_dict(), "made_by": self.made_by}
            with PackWriter(path, self.checkpoint, kind="bundle", subject=TRAIL, about=about) as pack:
                return pack.add_ledger(self._rows, (), tell)
        if self.format == "xlsx":
            return write_workbook(path, _counted(self.rows(), tell), self._notes())
        return self._write_lines(path, tell, since or Mark())

    def _write_lines(self, path: Path, tell: Tell, mark: Mark) -> int:
        if not path.exists() or path.stat().st_size < mark.offset:
            mark = Mark()  # what the mark speaks of never reached the disk
        head, write = LINES[self.format]
        count = mark.count
        with path.open("rb+" if mark.offset else "wb") as file:
            file.seek(mark.offset)
            if mark.offset:
                file.truncate()
            else:
                file.write(head.encode())
            for piece in batched(self.rows(mark.position), EVERY):
                file.write("".join(map(write, piece)).encode())
                count += len(piece)
                file.flush()
                tell(Mark(count, piece[-1][0] + 1, file.tell()))
        return count

    def _notes(self) -> list[tuple[str, str]]:
        asked = json.dumps(self.asked.as_dict(), ensure_ascii=False)
        return [
            ("Exported by", self.made_by),
            ("Filter", "everything" if asked == "{}" else asked),
            ("Entries signed", f"{self.checkpoint.size}"),
            ("Root", self.checkpoint.root),
            ("Signed at", timestamp(self.checkpoint.signed_at)),
            ("Checkpoint", self.checkpoint.note),
            ("Key", key_line(self.checkpoint)),
        ]


def export_trail(*, actor: Actor, format: str, asked: TrailFilter, visible: QuerySet[Event]) -> TrailExport:
    """Records the export, takes it and everything before it into the tree, and returns what to write.

    ``visible`` are the events that the actor may see; the caller knows, since prompts live above this room.
    Not one transaction: entries can be proven only after the record of the export was committed. Raises
    ``Refused``, and ``Unacceptable`` for an unknown format.
    """
    noted = _note(actor=actor, format=format, asked=asked)
    return trail_as_of(noted.pk, signed_now(), actor=actor, format=format, asked=asked, visible=visible)


def signed_now() -> Checkpoint:
    """The checkpoint of a tree that has everything which was committed before the call."""
    checkpoint = integrate(wait=True)
    assert checkpoint is not None  # noqa: S101  the caller has just recorded an event
    return checkpoint


def trail_as_of(
    noted: int,
    checkpoint: Checkpoint,
    *,
    actor: Actor,
    format: str,
    asked: TrailFilter,
    visible: QuerySet[Event],
) -> TrailExport:
    """The export that event ``noted`` recorded, again with exactly the entries of that checkpoint."""
    rows = asked.apply(visible).filter(leaf__position__lt=checkpoint.size)
    if asked != TrailFilter():  # its filters are in its payload, where they would find themselves
        rows = rows.exclude(pk=noted)
    return TrailExport(format, checkpoint, asked, actor.name, rows)


def require_trail(actor: Actor, format: str) -> None:
    """Raises ``Refused``, and ``Unacceptable`` for an unknown format."""
    TrailPolicy(actor).require("export")
    if format not in FORMATS:
        raise Unacceptable(f"There is no format {format!r}; there are {', '.join(FORMATS)}.", field="format")


def note_trail(*, actor: Actor, format: str, asked: TrailFilter, export: str = "") -> Event:
    """Enters the export, inside its transaction; ``export`` names the record of one made by a worker."""
    require_trail(actor, format)
    payload = {"format": format, "filters": asked.as_dict(), **({"export": export} if export else {})}
    return record(event=TRAIL_EXPORTED, actor=actor, subject_type="export", subject=TRAIL, payload=payload)


_note = verb(note_trail)


def _counted(rows: Iterator[Values], tell: Tell) -> Iterator[Values]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % EVERY == 0:
            tell(Mark(count))


def columns_of(events: QuerySet[Event]) -> QuerySet[Any, Any]:
    """What an export tells of these entries, which have their leaves; ``_finished`` ends the rows."""
    texts = ("event", "actor_type", "actor", "role", "subject_type", "subject", "reason", "request_id")
    last = ("payload", "leaf__leaf_hash")
    return events.values_list("leaf__position", Plain("recorded_at"), *texts, *last, Plain("uuid"), "address")


def _finished(rows: list[tuple[Any, ...]]) -> Iterator[Values]:
    """The rows as formats take them; where content was erased it says when, by whom and why: one query."""
    gone = [row[0] for row in rows if row[-4] is None]
    erased = erasures_of(gone) if gone else {}
    for position, time, *texts, payload, leaf, identity, address in rows:
        told = payload or "null"
        if (by := erased.get(position)) is not None:
            words = {"at": timestamp(by.recorded_at), "by": by.actor, "reason": by.reason}
            told = canonical_json({"erased": words | {"entry": str(by.uuid)}}).decode()
        moment = f"{time}Z" if len(time) > 19 else f"{time}.000000Z"
        yield (position, moment, *texts, told, leaf, identity, address)


def batched(rows: Iterator[Values], most: int) -> Iterator[list[Values]]:
    """The rows in lists of so many."""
    while piece := list(islice(rows, most)):
        yield piece
