"""How far a verification has come, so that one that was interrupted can go on.

Kept are the number of entries read and the right edge of the tree that they gave. Whoever owns the database
could write such a row himself and have altered entries passed by: hence it is sealed with the ledger's key,
which is not in the database. What was read is not read again, so a resumed verification says from where on,
and when the rest was read; after ``LONGEST`` nothing is resumed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from audits.ledger import merkle
from audits.ledger.models import Checkpoint, Verification
from audits.ledger.seals import is_sealed, seal
from audits.ledger.selectors import consistency_proof, stored_nodes

LONGEST = timedelta(hours=24)
SEALS = "verification"


@dataclass(frozen=True, slots=True)
class Start:
    """Where to go on: after so many entries, which were read by ``read_at``."""

    size: int
    edge: tuple[str, ...]
    read_at: datetime

    @property
    def root(self) -> str:
        """The root of the entries that were read."""
        return merkle.fold(self.edge)


def keep(row: Verification, frontier: merkle.Frontier, now: datetime) -> None:
    """Writes into the row, without saving it, how far the verification has come."""
    row.size, row.edge, row.read_at = frontier.size, list(frontier.edge), now
    row.seal = seal(SEALS, _sealed(row))


def start_of(row: Verification, now: datetime) -> tuple[Start | None, str]:
    """Where the row lets a verification go on; or None and the reason why it begins anew."""
    if row.size == 0 or row.read_at is None:
        return None, ""
    if now - row.read_at > LONGEST:
        return None, "what was read is too long ago"
    if not is_sealed(SEALS, _sealed(row), row.seal):
        return None, "the stored progress is not sealed by this log's key"
    start = Start(row.size, tuple(row.edge), row.read_at)
    try:
        stored = stored_nodes(merkle.parts((0, start.size)))
        fits = [stored[part] for part in merkle.parts((0, start.size))] == list(start.edge)
        fits = fits and _continues_checkpoint(start)
    except KeyError:
        fits = False
    return (start, "") if fits else (None, "the stored tree is not the one that was read")


def _continues_checkpoint(start: Start) -> bool:
    """Whether the newest checkpoint before that place still describes the beginning of what was read."""
    heads = Checkpoint.objects.filter(size__lte=start.size, size__gt=0)
    head = heads.order_by("-size", "-id").first()
    if head is None:
        return True
    path = consistency_proof(head.size, start.size)
    return merkle.is_consistent(head.size, head.root, start.size, start.root, path)


def _sealed(row: Verification) -> dict[str, object]:
    assert row.read_at is not None  # noqa: S101  set together with the rest
    return {"by": row.by, "size": row.size, "edge": row.edge, "read_at": row.read_at.isoformat()}
