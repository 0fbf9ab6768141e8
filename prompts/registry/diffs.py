"""Differences of two texts, by lines and inside them by words, in bounded time. Pure.

Lines are matched by a longest common subsequence (Hyyrö 2004, as rapidfuzz computes it). Where the product of
the two sides would cost too much, they are first cut at lines that occur once in both (patience diff, Cohen),
and what is still too large is shown as replaced.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

Kind = Literal["equal", "changed", "added", "removed"]
Range = tuple[int, int, int, int]

BUDGET = 300_000_000
"""Cells of the comparison table that one pair of texts may cost; a word of the machine holds 64."""
LARGEST = 40_000_000
"""Cells of one table."""
MOST_LINES = 50_000
"""Further lines stand together as one last line."""
MOST_WORDED = 5_000
"""Changed lines that are compared word by word; further ones are marked as a whole."""
ALIKE = 0.35
"""Two lines of which less than that share is equal are shown as replaced as a whole."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Span(NamedTuple):
    """A piece of a line, and whether it differs from the other side."""

    text: str
    changed: bool


class DiffRow(NamedTuple):
    """One line of a side-by-side view: the numbers count from 1, a missing side is None."""

    kind: Kind
    old_no: int | None
    new_no: int | None
    old: list[Span] | None
    new: list[Span] | None


class _Budget:
    """What may still be spent."""

    def __init__(self) -> None:
        self.left = BUDGET
        self.worded = 0

    def allows(self, cells: int) -> bool:
        """Takes the cells if they are there."""
        if cells > LARGEST or cells > self.left:
            return False
        self.left -= cells
        return True


def _matches(old: Sequence[Hashable], new: Sequence[Hashable], budget: _Budget) -> Iterator[Range]:
    """Equal runs ``(old from, old to, new from, new to)`` in order."""
    start, end_old, end_new = 0, len(old), len(new)
    while start < min(end_old, end_new) and old[start] == new[start]:
        start += 1
    while min(end_old, end_new) > start and old[end_old - 1] == new[end_new - 1]:
        end_old, end_new = end_old - 1, end_new - 1
    if start:
        yield 0, start, 0, start
    if start < end_old and start < end_new:
        middle = _middle(old[start:end_old], new[start:end_new], budget)
        yield from ((a + start, b + start, c + start, d + start) for a, b, c, d in middle)
    if end_old < len(old):
        yield end_old, len(old), end_new, len(new)


def _middle(old: Sequence[Hashable], new: Sequence[Hashable], budget: _Budget) -> Iterator[Range]:
    if budget.allows(len(old) * len(new)):
        numbers: dict[Hashable, int] = {}
        left = [numbers.setdefault(item, len(numbers)) for item in old]
        right = [numbers.setdefault(item, len(numbers)) for item in new]
        for step in LCSseq.opcodes(left, right):
            if step.tag == "equal":
                yield step.src_start, step.src_end, step.dest_start, step.dest_end
        return
    anchors = _anchors(old, new)
    if not anchors:
        return
    at_old = at_new = 0
    for here, there in [*anchors, (len(old), len(new))]:
        if at_old < here and at_new < there:
            for a, b, c, d in _matches(old[at_old:here], new[at_new:there], budget):
                yield a + at_old, b + at_old, c + at_new, d + at_new
        if here < len(old):
            yield here, here + 1, there, there + 1
        at_old, at_new = here + 1, there + 1


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of items that occur once in both, in the longest order common to both sides."""
    counted_old, counted_new = Counter(old), Counter(new)
    places = {item: place for place, item in enumerate(new) if counted_new[item] == 1}
    pairs = [
        (here, places[item]) for here, item in enumerate(old) if counted_old[item] == 1 and item in places
    ]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(there)
            last.append(number)
        else:
            ends[length], last[length] = there, number
    chosen: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def diff_words(old: str, new: str, budget: "_Budget | None" = None) -> tuple[list[Span], list[Span]]:
    """The two lines as spans, those that differ marked; lines with little in common are marked whole."""
    if old == new:
        return _whole(old, changed=False), _whole(new, changed=False)
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    runs = list(_matches(left, right, budget or _Budget()))
    equal = sum(len("".join(left[a:b])) for a, b, _, _ in runs)
    if equal < ALIKE * max(len(old), len(new)):
        return _whole(old, changed=True), _whole(new, changed=True)
    return _spans(left, [(a, b) for a, b, _, _ in runs]), _spans(right, [(c, d) for _, _, c, d in runs])


def _whole(text: str, *, changed: bool) -> list[Span]:
    return [Span(text, changed)] if text else []


def _spans(words: list[str], equal: list[tuple[int, int]]) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for start, end in [*equal, (len(words), len(words))]:
        for text, changed in (("".join(words[at:start]), True), ("".join(words[start:end]), False)):
            if text and spans and spans[-1].changed == changed:
                spans[-1] = Span(spans[-1].text + text, changed)
            elif text:
                spans.append(Span(text, changed))
        at = end
    return spans


def diff_lines(old: str, new: str) -> list[DiffRow]:
    """Rows for both a side-by-side and an inline view.

    Lines end at ``\\n`` only, so that a change of line ends shows; a closing one leaves an empty last
    line. Two texts of a megabyte take a few seconds at worst.
    """
    left = old.split("\n", MOST_LINES) if old else []
    right = new.split("\n", MOST_LINES) if new else []
    budget, rows = _Budget(), list[DiffRow]()
    at_old = at_new = 0
    for a, b, c, d in [*_matches(left, right, budget), (len(left), len(left), len(right), len(right))]:
        rows += _replaced(left, right, (at_old, a, at_new, c), budget)
        for here, there in zip(range(a, b), range(c, d), strict=True):
            spans = _whole(left[here], changed=False)
            rows.append(DiffRow("equal", here + 1, there + 1, spans, spans))
        at_old, at_new = b, d
    return rows


def _replaced(left: list[str], right: list[str], place: Range, budget: _Budget) -> Iterator[DiffRow]:
    from_old, to_old, from_new, to_new = place
    pairs = min(to_old - from_old, to_new - from_new)
    for step in range(pairs):
        budget.worded += 1
        if budget.worded <= MOST_WORDED:
            before, after = diff_words(left[from_old + step], right[from_new + step], budget)
        else:
            before = _whole(left[from_old + step], changed=True)
            after = _whole(right[from_new + step], changed=True)
        yield DiffRow("changed", from_old + step + 1, from_new + step + 1, before, after)
    for number in range(from_old + pairs, to_old):
        yield DiffRow("removed", number + 1, None, _whole(left[number], changed=True), None)
    for number in range(from_new + pairs, to_new):
        yield DiffRow("added", None, number + 1, None, _whole(right[number], changed=True))
