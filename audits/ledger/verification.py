"""Recompute the whole log from its recorded bytes and compare every stored hash, root and signature.

Reads in pieces, so that memory does not grow with the log. Stops at the first fault and names it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from audits.ledger import merkle, notes, outside, row_verifier
from audits.ledger.faults import GONE, fault_of
from audits.ledger.keyring import Keyring, keyring
from audits.ledger.keys import KeyUnusable
from audits.ledger.models import Checkpoint, Event, Leaf, Node
from audits.ledger.newest_marks import NewestMarks
from audits.ledger.progress import Start
from audits.ledger.selectors import erased_entries, newest_checkpoint, tree_size
from audits.ledger.stored import by_one_process, fetched, is_as_recorded, is_but_emptied, joined_nodes, stored
from audits.ledger.verifiers import Fault, registered

PIECE = 2000
LATE = 2.0
"""Seconds in which an entry of its own has come about a row that was committed without one."""
Tell = Callable[[merkle.Frontier], None]
"""Called between two pieces with what has been read; what it raises ends the verification."""


@dataclass(frozen=True, slots=True)
class FirstBad:
    """The first thing that does not verify; ``kind`` is event, node, checkpoint, row or an upper room's."""

    position: int | None
    kind: str
    subject: str
    reason: str


class NotSound(Exception):
    """Ends the verification; carries what was found."""

    def __init__(self, position: int | None, kind: str, subject: str, reason: str) -> None:
        super().__init__(reason)
        self.bad = FirstBad(position, kind, subject, reason)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome. ``pending`` events have no place yet; ``root`` is recomputed, or if not ok, as signed."""

    ok: bool
    entries: int
    pending: int
    tree_size: int
    root: str
    checkpoint: Checkpoint | None
    first_bad: FirstBad | None
    seconds: float
    resumed: Start | None = None
    unendorsed_keys: int = 0
    erased: int = 0
    not_compared: int = 0

    def as_dict(self) -> dict[str, object]:
        """The JSON shape of ``verify_ledger``."""
        head = self.checkpoint
        told = head and {"size": head.size, "key_id": head.key_id, "time": head.signed_at.isoformat()}
        return {
            "ok": self.ok,
            "entries": self.entries,
            "pending": self.pending,
            "tree_size": self.tree_size,
            "root": self.root,
            "checkpoint": told,
            "first_bad": self.first_bad and asdict(self.first_bad),
            "seconds": round(self.seconds, 3),
            "erased": self.erased,
            "not_compared": self.not_compared,
            "unendorsed_keys": self.unendorsed_keys,
            "resumed": self.resumed
            and {"entries": self.resumed.size, "read_at": self.resumed.read_at.isoformat()},
        }


def verify(
    against: notes.Note | None = None, *, start: Start | None = None, tell: Tell | None = None
) -> Report:
    """Verifies the log, and that the older checkpoint ``against`` describes its beginning.

    With ``start`` the entries before that place are not read again, and the report says so; there is no older
    checkpoint to compare then.
    """
    began, head, bad = time.monotonic(), newest_checkpoint(), None
    places = _places(head)
    head = newest_checkpoint() or head  # once more: what was kept meanwhile is not newer than this one
    with NewestMarks(start.size if start else 0) as marks:
        walk = _Walk(head, against, start, tell, marks)
        try:
            with by_one_process():
                walk.entries()
            if head is None and walk.frontier.size and newest_checkpoint() is None:
                raise NotSound(walk.frontier.size, "checkpoint", "tree", "its checkpoints are gone")
            if head is not None and (fault := outside.fault_against(head, places)):
                raise NotSound(head.size, "checkpoint", str(head), fault)
            walk.pending_events()
            walk.records()
        except NotSound as found:
            bad = found.bad
    size, root, pending = walk.frontier.size, walk.frontier.root, walk.pending
    if bad is not None:  # the walk ended early, so these are what the tables claim
        size, root = tree_size(), head.root if head else ""
        pending = Event.objects.filter(leaf__isnull=True).count()
    return Report(
        ok=bad is None,
        entries=size + pending,
        pending=pending,
        tree_size=size,
        root=root,
        checkpoint=head,
        first_bad=bad,
        seconds=time.monotonic() - began,
        resumed=start,
        unendorsed_keys=walk.keys.unendorsed if walk.keys else 0,
        erased=walk.erased,
        not_compared=walk.not_compared,
    )


def altered_before(tree: notes.Tree) -> FirstBad | None:
    """What first is not as it was recorded among the entries that a tree describes; they are read."""

    def tell(frontier: merkle.Frontier) -> None:
        if frontier.size >= tree.size:
            raise _Enough

    with NewestMarks() as marks:
        walk = _Walk(None, notes.Note(tree, ()), None, tell, marks)
        try:
            walk.entries()
        except NotSound as found:
            return found.bad
        except _Enough:
            return None
    return None


class _Enough(Exception):
    """What was asked for has been read."""


def _places(head: Checkpoint | None) -> list[outside.Outside]:
    """What is kept outside of this log; nothing where its own newest checkpoint cannot be read."""
    try:
        return outside.known(notes.parse(head.note).tree.origin, everywhere=True) if head else []
    except notes.BadNote:
        return []


class _Walk:
    """One pass over leaves, nodes and checkpoints side by side."""

    def __init__(
        self,
        newest: Checkpoint | None,
        against: notes.Note | None,
        start: Start | None,
        tell: Tell | None,
        marks: NewestMarks,
    ) -> None:
        self.frontier = merkle.Frontier(start.size, start.edge) if start else merkle.Frontier()
        self.tell, self.marks = tell, marks
        self.pending = self.erased = self.not_compared = 0
        self.erasures: dict[int, str] | None = None
        self.unspent: Counter[str] = Counter()
        self.against = against
        self.heads = self._checkpoints(newest, start.size if start else -1)
        self.head = next(self.heads, None)
        self.keys: Keyring | None = None

    def entries(self) -> None:
        """Every entry in order, the nodes it completes, and the checkpoints of the size then reached."""
        if Leaf.objects.filter(position__lt=0).exists():
            raise NotSound(None, "event", "tree", "an entry stands before the first place")
        if Node.objects.filter(number__lt=0).exists():
            raise NotSound(None, "node", "tree", "the tree has nodes of no entries")
        if Checkpoint.objects.filter(size__lt=0).exists():
            raise NotSound(None, "checkpoint", "tree", "a checkpoint speaks of fewer entries than none")
        self._compare_roots()
        ordered = stored(Event.objects.order_by("leaf__position"), "leaf__position", "leaf__leaf_hash", "id")
        # With both bounds, not a limit: a planner without statistics would sort the whole log for a piece.
        while rows := fetched(
            ordered.filter(leaf__position__range=(self.frontier.size, self.frontier.size + PIECE - 1))
        ):
            self._piece(rows)
            # Here, and not once more at the end: what is compared with records is what was just verified.
            self.marks.hear(((row[0], row[3], row[5]) for row in rows), self.frontier.size)
            if self.tell is not None:
                self.tell(self.frontier)
        self._require_next()
        size = self.frontier.size
        surplus = Node.objects.filter(number__gte=self.frontier.nodes).exists()
        if surplus and tree_size() == size:  # else they belong to entries that came meanwhile
            raise NotSound(size, "node", "tree", "the tree has nodes for entries that are gone")
        if self.head is not None:
            reason = (
                f"a checkpoint of {self.head.size} entries was signed, {size} are there: the end is missing"
            )
            raise NotSound(size, "checkpoint", str(self.head), reason)
        if self.against is not None:
            reason = f"it has {self.against.tree.size} entries, the log only {size}"
            raise NotSound(size, "checkpoint", "the older checkpoint", reason)

    def pending_events(self) -> None:
        """Events that wait for their place: their columns and payloads."""
        for event in Event.objects.filter(leaf__isnull=True).order_by("id").iterator(PIECE):
            self.pending += 1
            if fault := fault_of(event):
                raise NotSound(None, "event", event.subject, fault)

    def records(self) -> None:
        """What the rooms above compare of their own records, then every recorded row with its mark.

        As of one moment: else a row that came after the entries were read would seem slipped in.
        """
        with row_verifier.one_moment():
            self.erasures = None
            self._records()
            bad = next(row_verifier.rows(self.marks), None)
        if bad is not None and not connection.in_atomic_block:
            # Its entry may come right after the commit of the row (noting.py): looked at once more.
            time.sleep(LATE)
            bad = next(row_verifier.rows(self.marks), None)
        # No erasure explains these: it tells again of the rows whose marks it takes away.
        if bad is not None:
            raise NotSound(bad.position, "row", bad.subject, bad.reason)

    def _records(self) -> None:
        for kind, verifier in registered().items():
            for fault in verifier():
                if self._explained(fault):
                    self.not_compared += 1
                    continue
                raise NotSound(fault.position, kind, fault.subject, fault.reason)

    def _explained(self, fault: Fault) -> bool:
        """Whether a record only differs from its entry, or misses it, because the entry's content is erased.

        Each erased entry explains one record that misses its entry.
        """
        erased = self._erased()
        if fault.position is not None:
            return fault.position in erased
        spent = next((subject for subject in self.unspent if subject in fault.subject), None)
        if spent is not None:
            self.unspent[spent] -= 1
            if not self.unspent[spent]:
                del self.unspent[spent]
        return spent is not None

    def _is_erased(self, position: int) -> bool:
        """Asked once more where it was not erased yet when that was asked last."""
        if position not in self._erased():
            self.erasures = None
        return position in self._erased()

    def _erased(self) -> dict[int, str]:
        """The subjects of the entries that an entry of the log says to be erased, by position."""
        if self.erasures is None:
            self.erasures = erased_entries()
            self.unspent = Counter(self.erasures.values())
        return self.erasures

    def _piece(self, rows: list[tuple[Any, ...]]) -> None:
        """Entries that follow each other, each with its position, leaf and number before its columns."""
        first, done = self.frontier.size, 0
        for at, row in enumerate(rows):
            if row[0] == first + at and is_as_recorded(row):
                continue
            # Whatever comes before it was wrong earlier.
            self._grow(rows[done:at])
            done = at
            if row[0] != first + at:
                self._require_next()
            self._look_closely(row)
        self._grow(rows[done:])

    def _grow(self, rows: list[tuple[Any, ...]]) -> None:
        """Adds leaves to the tree; compares the nodes that they complete, and the roots they reach."""
        while rows:
            stop, number = self._next_root(), self.frontier.nodes
            room = len(rows) if stop is None else stop - self.frontier.size
            made = self.frontier.extend(row[1] for row in rows[:room])
            if made and joined_nodes(number, self.frontier.nodes) != "".join(made):
                self._compare_nodes(number, made)
            if self.frontier.size == stop:
                self._compare_roots()
            rows = rows[room:]

    @staticmethod
    def _compare_nodes(number: int, made: list[str]) -> None:
        rows = Node.objects.filter(number__gte=number, number__lt=number + len(made))
        stored = dict(rows.values_list("number", "node_hash"))
        for wrong, digest in enumerate(made, start=number):
            if stored.get(wrong) != digest:
                reason = "a stored node is missing or is not the hash of its children"
                raise NotSound(merkle.finishing_leaf(wrong), "node", f"node {wrong}", reason)

    def _look_closely(self, row: tuple[Any, ...]) -> None:
        """At an entry that is not plainly as it was recorded."""
        position, leaf = row[0], row[1]
        is_whole = merkle.leaf_hash(row[3].encode()) == leaf
        if is_whole and is_but_emptied(row) and self._is_erased(position):
            self.erased += 1
            return
        event = Event.objects.get(pk=row[2])
        fault = fault_of(event, leaf)
        if fault == GONE and event.payload is None and event.salt is None and self._is_erased(position):
            self.erased += 1
        elif fault:
            raise NotSound(position, "event", event.subject, fault)

    def _require_next(self) -> None:
        """Raises where a place or the event of it is missing at the size reached."""
        position = self.frontier.size
        following = Leaf.objects.filter(position__gte=position).order_by("position")
        there = following.values_list("position", flat=True).first()
        if there == position and not Event.objects.filter(leaf__position=position).exists():
            raise NotSound(
                position, "event", f"entry {position}", "the event is gone, its place is still there"
            )
        if there is not None and there != position:
            reason = f"the entry is missing; the next one there is {there}"
            raise NotSound(position, "event", f"entry {position}", reason)

    def _next_root(self) -> int | None:
        """The next size at which there is a root to compare."""
        sizes = [self.head.size] if self.head is not None else []
        sizes += [self.against.tree.size] if self.against is not None else []
        return min((size for size in sizes if size > self.frontier.size), default=None)

    def _compare_roots(self) -> None:
        """All checkpoints, and the one handed in, of exactly the size reached."""
        size, root = self.frontier.size, ""
        while self.head is not None and self.head.size == size:
            root = root or self.frontier.root
            self._one_checkpoint(self.head, root)
            self.head = next(self.heads, None)
        if self.against is not None and self.against.tree.size == size:
            self._older(self.against, self.frontier.root)
            self.against = None

    def _one_checkpoint(self, head: Checkpoint, root: str) -> None:
        try:
            note = notes.parse(head.note)
            moment = self._keys(note.tree.origin).signed_at(head, note)
        except (notes.BadNote, KeyUnusable) as error:
            raise NotSound(head.size, "checkpoint", str(head), str(error)) from error
        if (note.tree.size, note.tree.root, moment) != (head.size, head.root, head.signed_at):
            raise NotSound(head.size, "checkpoint", str(head), "its columns are not what was signed")
        if head.root != root:
            reason = "the entries before it do not give the root that was signed"
            raise NotSound(head.size, "checkpoint", str(head), reason)

    def _older(self, note: notes.Note, root: str) -> None:
        subject = f"the older checkpoint of {note.tree.size} entries"
        if note.signatures:
            try:
                is_ours = self._keys(note.tree.origin).knows(note)
            except KeyUnusable as error:
                raise NotSound(note.tree.size, "checkpoint", subject, str(error)) from error
            if not is_ours:
                reason = "it is signed by none of this log's keys"
                raise NotSound(note.tree.size, "checkpoint", subject, reason)
        if note.tree.root != root:
            reason = "the log no longer begins with what it described: entries before it were altered"
            raise NotSound(note.tree.size, "checkpoint", subject, reason)

    def _keys(self, origin: str) -> Keyring:
        if self.keys is None:
            self.keys = keyring(origin)
        return self.keys

    @staticmethod
    def _checkpoints(newest: Checkpoint | None, after: int) -> Iterator[Checkpoint]:
        """Those of more than ``after`` entries, up to the one that was the newest at the start.

        Later ones speak of entries that are not read here.
        """
        if newest is None:
            return
        rows = Checkpoint.objects.filter(id__lte=newest.pk, size__gt=after).order_by("size", "id")
        last = (-1, 0)
        while piece := list(rows.filter(Q(size__gt=last[0]) | Q(size=last[0], id__gt=last[1]))[:PIECE]):
            yield from piece
            last = (piece[-1].size, piece[-1].pk)
