"""Reads of the ledger: what waits for its place, the newest checkpoint, and proofs from the stored tree."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from audits.ledger import merkle, notes
from audits.ledger.events import ENTRIES_ERASED
from audits.ledger.models import Checkpoint, Erasure, Event, Leaf, Node

LATEST_COMMIT = timedelta(hours=1)
"""No transaction is expected to take longer; the periodic sweep finds the events of one that did."""


def newest_checkpoint() -> Checkpoint | None:
    """The last signed tree head; None before the first integration."""
    return Checkpoint.objects.order_by("-id").first()


def checkpoint_header() -> str:
    """The newest checkpoint's origin, size and root in one line, for headers and footers; or empty."""
    newest = newest_checkpoint()
    return " ".join(notes.parse(newest.note).tree.text.split("\n")).strip() if newest else ""


def unsequenced(now: datetime, *, everything: bool) -> QuerySet[Event]:
    """Events that have no leaf yet, oldest first.

    Never "id greater than the last": ids are given out at insert and become visible at commit, in another
    order. Without ``everything`` the search starts an hour back, so that it need not read the whole log.
    """
    rows = Event.objects.filter(leaf__isnull=True).order_by("id")
    if everything:
        return rows
    old = Event.objects.filter(recorded_at__lt=now - LATEST_COMMIT).order_by("-recorded_at")
    floor = old.values_list("id", flat=True).first()
    return rows if floor is None else rows.filter(id__gt=floor)


def tree_size() -> int:
    """How many entries have a place in the tree."""
    last = Leaf.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def stored_nodes(addresses: Sequence[merkle.Address]) -> dict[merkle.Address, str]:
    """The hashes of complete nodes, with at most one query for leaves and one for inner nodes."""
    positions = [index for level, index in addresses if level == 0]
    numbers = [merkle.node_number(level, index) for level, index in addresses if level]
    leaves = dict(Leaf.objects.filter(position__in=positions).values_list("position", "leaf_hash"))
    nodes = dict(Node.objects.filter(number__in=numbers).values_list("number", "node_hash"))
    return {
        (level, index): nodes[merkle.node_number(level, index)] if level else leaves[index]
        for level, index in addresses
    }


def place_of(event: Event) -> Leaf | None:
    """The event's leaf, None where it waits for one (no query where it was selected along)."""
    return getattr(event, "leaf", None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step towards the root: the sibling's hash, and on which side it stands."""

    side: str
    sibling: str


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an entry is in a tree. ``root`` is what its path leads to, to be compared with the signed one."""

    position: int
    size: int
    leaf_hash: str
    path: tuple[str, ...]

    @property
    def root(self) -> str | None:
        """What leaf and path lead to; None for a path of the wrong length."""
        return merkle.root_from_inclusion(self.leaf_hash, self.position, self.size, self.path)

    @property
    def steps(self) -> list[Step]:
        """The path with sides, for a reader."""
        ranges = merkle.inclusion_ranges(self.position, self.size)
        sides = ["left" if start < self.position else "right" for start, _ in ranges]
        return [Step(side, sibling) for side, sibling in zip(sides, self.path, strict=True)]


def inclusion_proof(position: int, size: int) -> InclusionProof:
    """The proof that entry ``position`` is in the tree of ``size``; O(log size) rows are read.

    Raises ``ValueError`` for a position outside of it, ``KeyError`` where rows of the tree are missing.
    """
    leaf = (0, position)
    spans = merkle.inclusion_ranges(position, size)
    hashes = stored_nodes([leaf, *(part for span in spans for part in merkle.parts(span))])
    path = merkle.roots(spans, lambda _: hashes)
    return InclusionProof(position, size, hashes[leaf], tuple(path))


def consistency_proof(old: int, size: int) -> list[str]:
    """The hashes that prove the tree of ``old`` to begin the tree of ``size``; errors as above."""
    return merkle.roots(merkle.consistency_ranges(old, size), stored_nodes)


def erased_entries() -> dict[int, str]:
    """The subjects of the entries whose content other entries say to be erased, by position."""
    told: set[int] = set()
    for payload in Event.objects.filter(event=ENTRIES_ERASED.name).values_list("payload", flat=True):
        try:
            told |= {int(position) for position in json.loads(payload or "{}").get("positions", [])}
        except (ValueError, TypeError, AttributeError):
            continue  # an entry that was tampered with, which the verification itself finds
    found: dict[int, str] = {}
    places = sorted(told)
    for start in range(0, len(places), 500):
        rows = Leaf.objects.filter(position__in=places[start : start + 500], event__payload__isnull=True)
        found |= dict(rows.values_list("position", "event__subject"))
    return found


def erasures_of(positions: Iterable[int]) -> dict[int, Event]:
    """Of these entries those whose content is erased, each with the entry that tells who did it and why."""
    rows = Erasure.objects.filter(position__in=list(positions)).select_related("event")
    return {row.position: row.event for row in rows}
