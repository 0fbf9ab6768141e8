"""Entries of the log as lines of a file, and one proof for all of them.

The proof is the hashes of the largest complete subtrees that hold none of these entries. Set between the
entries in order they rebuild the whole tree: its root must be the signed one (RFC 6962 §2.1). For n entries
out of a log of N that is at most n·log₂(N/n) hashes, and none at all for the whole log.
"""

import json
from collections.abc import Iterator
from itertools import islice

from audits.ledger.merkle import Address
from audits.ledger.models import Event
from audits.ledger.selectors import place_of, stored_nodes

PIECE = 500


def entry_line(event: Event) -> str:
    """The entry with the exact bytes that are hashed, and what it committed to unless that was erased."""
    leaf = place_of(event)
    assert leaf is not None  # noqa: S101  only entries of the tree are asked for
    told = {
        "position": leaf.position,
        "leaf_hash": leaf.leaf_hash,
        "body": event.body,
        "payload": event.payload,
        "salt": event.salt,
    }
    return line(told)


def line(value: object) -> str:
    """A JSON value as one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


class Gaps:
    """Notes, entry by entry, what is left out between them."""

    def __init__(self) -> None:
        self._next = 0
        self._gaps: list[tuple[int, int]] = []

    def pass_by(self, position: int) -> None:
        """The next entry of the file; positions only rise."""
        if position > self._next:
            self._gaps.append((self._next, position))
        self._next = position + 1

    def lines(self, size: int) -> Iterator[str]:
        """The proof for a tree of ``size`` entries, as lines; reads the stored tree in pieces."""
        spans = [*self._gaps, (self._next, size)]
        addresses = (address for start, end in spans for address in covering(start, end))
        while piece := list(islice(addresses, PIECE)):
            hashes = stored_nodes(piece)
            for level, index in piece:
                yield line({"start": index << level, "level": level, "hash": hashes[level, index]})


def covering(start: int, end: int) -> Iterator[Address]:
    """The fewest complete subtrees that cover the leaves from ``start`` up to, and without, ``end``."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level
