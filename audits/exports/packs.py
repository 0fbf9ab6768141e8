"""A ZIP that proves itself: files, a signed manifest of them, and the program that checks both."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.db.models import Q, QuerySet

from audits.exports import verify
from audits.exports.marks import EVERY, Mark, Tell
from audits.exports.proofs import Gaps, entry_line, line
from audits.ledger import notes
from audits.ledger.keys import signing_key
from audits.ledger.models import Checkpoint, Erasure, Event, KeyChange
from audits.ledger.selectors import place_of

EPOCH = (1980, 1, 1, 0, 0, 0)
README = Path(__file__).with_name("readme.txt")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a pack: its name, and its text or bytes in pieces."""

    name: str
    pieces: Iterable[str | bytes]


@dataclass(slots=True)
class Binding:
    """That an entry of the log names a file's digest (``field``), a run's results (with ``how``), or the
    ``fields`` of one line of a file of records. ``said`` are fields of that line that the entry's own actor,
    reason and time tell.
    """

    file: str
    entry: int
    field: str = ""
    how: str = "file"
    line: int | None = None
    fields: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As the verifier reads it."""
        if self.line is not None:
            about = {"file": self.file, "entry": self.entry, "line": self.line, "fields": list(self.fields)}
            return {**about, "said": dict(self.said)}
        return {"file": self.file, "entry": self.entry, "field": self.field, "how": self.how}


class PackWriter:
    """Writes such a file; leaving it without an error adds the manifest and its signature."""

    def __init__(self, path: Path, checkpoint: Checkpoint, *, kind: str, subject: str, about: dict[str, Any]):
        self._path, self._checkpoint = path, checkpoint
        self._about = {"kind": kind, "subject": subject, **about}
        self._files: list[dict[str, Any]] = []
        self._entries = 0
        self._emptied: list[int] = []

    def __enter__(self) -> Self:
        self._zip = zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._seal()
        # After a failure the unfinished archive is not ended: that would write once more to a full disk.
        if kind is not None and self._zip.fp is not None:
            self._zip.fp.close()
            self._zip.fp = None
            return
        self._zip.close()

    def add(self, name: str, pieces: Iterable[str | bytes]) -> None:
        """Adds a file, of pieces of text or bytes, at constant memory."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_info(name), "w", force_zip64=True) as file:
            for piece in pieces:
                data = piece.encode() if isinstance(piece, str) else piece
                digest.update(data)
                size += len(data)
                file.write(data)
        self._files.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def add_ledger(self, events: QuerySet[Event], bindings: Iterable[Binding], tell: Tell) -> int:
        """Adds the entries in order of position, what proves them, and what they bind; returns how many.

        ``events`` are in the checkpoint's tree, with their leaves selected along.
        """
        gaps = Gaps()
        self.add(verify.ENTRIES, self._lines(events, gaps, tell))
        self.add(verify.NODES, gaps.lines(self._checkpoint.size))
        self.add(verify.BINDINGS, (line(bound.as_dict()) for bound in bindings))
        self.add(verify.CHECKPOINT, [self._checkpoint.note])
        self.add(verify.KEY, [f"{key_line(self._checkpoint)}\n"])
        if changes := list(KeyChange.objects.order_by("checkpoint")):
            self.add(verify.KEYS, (line(_told(change)) for change in changes))
        return self._entries

    def _lines(self, events: QuerySet[Event], gaps: Gaps, tell: Tell) -> Iterator[str]:
        for event in by_position(events):
            gaps.pass_by(place_of(event).position)  # type: ignore[union-attr]
            self._entries += 1
            if event.payload is None:
                self._emptied.append(place_of(event).position)  # type: ignore[union-attr]
            yield entry_line(event)
            if self._entries % EVERY == 0:
                tell(Mark(self._entries))

    def _seal(self) -> None:
        self.add("README.txt", [README.read_text()])
        self.add("verify.py", [Path(verify.__file__).read_text()])
        manifest = {
            "format": verify.FORMAT,
            "version": verify.VERSION,
            **self._about,
            "entries": self._entries,
            "tree_size": self._checkpoint.size,
            "root": self._checkpoint.root,
            "files": self._files,
        }
        if since := self._erased_since():
            manifest["erased_since"] = since
        data = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        signature = signing_key(create=False).sign(verify.SIGNED_MANIFEST + data)
        self._zip.writestr(_info(verify.MANIFEST), data)
        self._zip.writestr(_info(verify.SIGNATURE), base64.b64encode(signature))

    def _erased_since(self) -> list[int]:
        """Entries that were erased after the checkpoint: by entries that no file of this one can hold."""
        found: set[int] = set()
        for start in range(0, len(self._emptied), EVERY):
            rows = Erasure.objects.filter(position__in=self._emptied[start : start + EVERY])
            late = Q(event__leaf__isnull=True) | Q(event__leaf__position__gte=self._checkpoint.size)
            found |= set(rows.filter(late).values_list("position", flat=True))
        return sorted(found)


def _told(change: KeyChange) -> dict[str, Any]:
    names = ("old", "new", "size", "root", "endorsement")
    return {name: getattr(change, name) for name in names}


def signs_now(checkpoint: Checkpoint) -> bool:
    """Whether the log's key of today is the one that signed the checkpoint."""
    origin = notes.parse(checkpoint.note).tree.origin
    return checkpoint.key_id == notes.key_id(origin, signing_key(create=False).public_key())


def key_line(checkpoint: Checkpoint) -> str:
    """The public key that signs, as a line for other programs (C2SP signed-note)."""
    origin = notes.parse(checkpoint.note).tree.origin
    return notes.verifier_key(origin, signing_key(create=False).public_key())


def by_position(events: QuerySet[Event], start: int = 0) -> Iterator[Event]:
    """The entries from that position on, in order, a piece in memory at a time; never a long cursor."""
    ordered = events.select_related("leaf").order_by("leaf__position")
    while rows := list(ordered.filter(leaf__position__gte=start)[:EVERY]):
        yield from rows
        start = place_of(rows[-1]).position + 1  # type: ignore[union-attr]


def _info(name: str) -> zipfile.ZipInfo:
    """A plain file, without the time of this machine: equal content gives equal members."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100600 << 16
    return info
