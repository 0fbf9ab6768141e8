"""An evidence pack: everything about one prompt, version, release or trace, with the proof of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Q, QuerySet

from audits.exports.collectors import Contents, PackAsk, contents_of, parts_of
from audits.exports.events import PACK_EXPORTED
from audits.exports.marks import Mark, Tell
from audits.exports.packs import Binding, Document, PackWriter
from audits.exports.policies import PackPolicy
from audits.exports.services.export_trail import signed_now
from audits.identity.actors import Actor
from audits.identity.verbs import verb
from audits.ledger.models import Checkpoint, Erasure, Event
from audits.ledger.services import record
from audits.ledger.services.record_event import timestamp


@dataclass(frozen=True, slots=True)
class PackExport:
    """A pack that was recorded and can be written once or more, always with the same entries."""

    checkpoint: Checkpoint
    asked: PackAsk
    made_by: str
    contents: Contents
    _noted: int

    @property
    def total(self) -> int:
        """How many entries it has."""
        return self._events().order_by().count()

    def write(self, path: Path, tell: Tell, since: Mark | None = None) -> int:
        """Writes the whole file into ``path``; returns how many entries. Raises ``OSError``.

        A pack is begun anew after every interruption.
        """
        about = {
            "asked": self.asked.as_dict(),
            "made_by": self.made_by,
            "signed_at": timestamp(self.checkpoint.signed_at),
        }
        pack = PackWriter(
            path, self.checkpoint, kind="evidence pack", subject=self.contents.subject, about=about
        )
        with pack:
            bindings: list[Binding] = []
            for part in parts_of(self.contents):
                if isinstance(part, Document):
                    pack.add(part.name, _watched(part, tell))
                elif part.entry < self.checkpoint.size:  # later ones are not in this pack
                    bindings.append(part)
            return pack.add_ledger(self._events(), bindings, tell)

    def _events(self) -> QuerySet[Event]:
        """What the pack is about, and the entries that erased content of these."""
        rows = self.contents.events.filter(leaf__position__lt=self.checkpoint.size)
        rows = rows.exclude(pk=self._noted)
        gone = rows.filter(payload__isnull=True).order_by().values("leaf__position")
        if not gone.exists():
            return rows
        erasing = Erasure.objects.filter(position__in=gone).values("event")
        about = Q(pk__in=rows.order_by().values("pk")) | Q(pk__in=erasing)
        return Event.objects.filter(about, leaf__position__lt=self.checkpoint.size)


def export_pack(*, actor: Actor, asked: PackAsk) -> PackExport:
    """Records the export, takes everything before it into the tree, and returns what to write.

    Raises ``Refused``, and ``NotThere`` for what the actor may not see.
    """
    noted = _note(actor=actor, asked=asked)
    return pack_as_of(noted.pk, signed_now(), actor=actor, asked=asked)


def pack_as_of(noted: int, checkpoint: Checkpoint, *, actor: Actor, asked: PackAsk) -> PackExport:
    """The export that event ``noted`` recorded, with the entries of that checkpoint."""
    return PackExport(checkpoint, asked, actor.name, contents_of(actor, asked), noted)


def require_pack(actor: Actor, asked: PackAsk) -> str:
    """What the pack would be about; raises ``Refused`` and ``NotThere``."""
    PackPolicy(actor).require("export")
    return contents_of(actor, asked).subject


def note_pack(*, actor: Actor, asked: PackAsk, export: str = "") -> Event:
    """Enters the export, inside its transaction; ``export`` names the record of one made by a worker."""
    subject = require_pack(actor, asked)
    payload = {**asked.as_dict(), **({"export": export} if export else {})}
    return record(event=PACK_EXPORTED, actor=actor, subject_type="export", subject=subject, payload=payload)


_note = verb(note_pack)


def _watched(document: Document, tell: Tell) -> Iterator[str | bytes]:
    """The pieces, with a sign of life now and then: a long file must not look like a dead worker."""
    for count, piece in enumerate(document.pieces, start=1):
        yield piece
        if count % 200 == 0:
            tell(Mark())
