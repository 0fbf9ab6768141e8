"""The Merkle tree of RFC 9162 §2.1 (the same as RFC 6962 §2.1) over SHA-256, on hashes as hexadecimal text.

Leaves count from 0. A *complete node* covers 2**level leaves, all present, and never changes once made.
Complete nodes of level 1 and above are numbered in the order in which appending leaves finishes them, so
that one column stores the tree and one scan in order reads it. Pure: storage is handed in as a function.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()
Address = tuple[int, int]
"""Level and index of a complete node; level 0 are the leaves."""
Fetch = Callable[[Sequence[Address]], dict[Address, str]]
"""Gives the hashes of complete nodes; called once per question."""
Range = tuple[int, int]
"""Leaves from the first number up to, and without, the second."""


def leaf_hash(data: bytes) -> str:
    """The hash of a leaf: SHA-256 over 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + data).hexdigest()


def node_hash(left: str, right: str) -> str:
    """The hash of an inner node: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(left + right)).hexdigest()


def node_number(level: int, index: int) -> int:
    """The place of a complete node (level ≥ 1) among all, in the order in which they are finished.

    The leaf that finishes it is ``last``; before that leaf, ``last - popcount(last)`` nodes were finished,
    and the leaf itself finishes levels 1, 2, … in turn.
    """
    last = ((index + 1) << level) - 1
    return last - last.bit_count() + level - 1


def finishing_leaf(number: int) -> int:
    """The position of the leaf that finishes the node of this number."""
    position = number
    while position + 1 - (position + 1).bit_count() <= number:
        position += 1
    return position


def parts(span: Range) -> list[Address]:
    """The complete nodes that make up a range of leaves which starts at a multiple of its largest part."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[str]) -> str:
    """The root over neighbouring complete nodes, largest first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Frontier:
    """The right edge of a growing tree: what is needed to append, and no more (one hash per level)."""

    def __init__(self, size: int = 0, hashes: Sequence[str] = ()) -> None:
        """``hashes`` are those of ``parts((0, size))``."""
        self.size = size
        self._edge = [bytes.fromhex(one) for one in hashes]

    @property
    def nodes(self) -> int:
        """How many nodes (level ≥ 1) are complete, which is the number of the next one."""
        return self.size - self.size.bit_count()

    def append(self, leaf: str) -> list[str]:
        """Adds a leaf hash; gives the hashes of the nodes that it completes: theirs are the next numbers."""
        return self.extend([leaf])

    def extend(self, leaves: Iterable[str]) -> list[str]:
        """Adds many; gives the nodes of all of them. The verification of a log is little else than this."""
        edge, size, completed = self._edge, self.size, list[bytes]()
        for leaf in leaves:
            position, current = size, bytes.fromhex(leaf)
            size += 1
            while position & 1:
                current, position = hashlib.sha256(b"\x01" + edge.pop() + current).digest(), position >> 1
                completed.append(current)
            edge.append(current)
        self.size = size
        return [node.hex() for node in completed]

    @property
    def edge(self) -> tuple[str, ...]:
        """The hashes of ``parts((0, size))``, from which another one can be made."""
        return tuple(one.hex() for one in self._edge)

    @property
    def root(self) -> str:
        """The root of all leaves so far."""
        return fold(self.edge)


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(position: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that leaf ``position`` is in a tree of ``size`` (RFC 9162 §2.1.3.1)."""
    if not 0 <= position < size:
        raise ValueError(f"leaf {position} is not in a tree of {size}")
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that the tree of ``old`` begins the tree of ``size`` (§2.1.4.1)."""
    if not 0 < old <= size:
        raise ValueError(f"no proof leads from a tree of {old} to one of {size}")
    found: list[Range] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def roots(spans: Sequence[Range], fetch: Fetch) -> list[str]:
    """The roots of these ranges, with one call to the storage."""
    wanted = [parts(span) for span in spans]
    hashes = fetch([address for addresses in wanted for address in addresses])
    return [fold([hashes[address] for address in addresses]) for addresses in wanted]


def root_from_inclusion(leaf: str, position: int, size: int, path: Sequence[str]) -> str | None:
    """The root that the path leads to, or None where it has the wrong length (RFC 9162 §2.1.3.2)."""
    if not 0 <= position < size:
        return None
    node, last, root = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(old: int, old_root: str, size: int, root: str, path: Sequence[str]) -> bool:
    """Whether the path proves that the tree of ``old`` begins the tree of ``size`` (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == root
