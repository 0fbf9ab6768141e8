"""Patterns whose search provably ends soon are searched for at once; the others are left to the slow lane.

The parsed pattern is walked for two bounds at a text of ``n`` characters: the steps that a piece takes from
one place, and the ways in which it can match there. Backtracking enters each piece once for every way of the
pieces before it, so steps are multiplied by ways and ways by ways, and the search starts at ``n + 1`` places.
A repetition of something that matches in one way only has as many ways as it may be repeated; of something
that matches in several it has their power, which soon is more than any limit.
"""

import functools
import importlib
import re
from typing import Any

MOST_STEPS = 10_000_000
"""At most a tenth of a second; the bounds are far above what patterns really take."""
LONGEST = 1_000
"""Characters of a pattern."""
ENDLESS = MOST_STEPS + 1
SINGLE = {"LITERAL", "NOT_LITERAL", "ANY", "AT"}
REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}

# The standard library's own reading of a pattern; Python has no public name for it.
_parser: Any = importlib.import_module("re._parser")


def found(pattern: str, text: str) -> bool | None:
    """Whether ``re.search`` finds the pattern (ASCII); None where that may take long, or where it is none."""
    if len(pattern) > LONGEST:
        return None
    # One analysis serves all texts up to the next power of two.
    compiled = _quick(pattern, max(64, 1 << len(text).bit_length()))
    return None if compiled is None else compiled.search(text) is not None


@functools.lru_cache(maxsize=1024)
def _quick(pattern: str, size: int) -> "re.Pattern[str] | None":
    try:
        pieces = _parser.parse(pattern, re.ASCII)
        steps, _ = _sequence(pieces, size)
        anchored = len(pieces) > 0 and str(pieces[0][1]) == "AT_BEGINNING"
        bound = steps + size if anchored else steps * (size + 1)
        return re.compile(pattern, re.ASCII) if bound <= MOST_STEPS else None
    except (re.error, RecursionError, OverflowError):
        return None


def _sequence(pieces: Any, size: int) -> tuple[int, int]:
    """Steps and ways of pieces one after the other."""
    steps, ways = 0, 1
    for piece in pieces:
        own, matched = _piece(piece, size)
        steps, ways = min(steps + ways * own, ENDLESS), min(ways * matched, ENDLESS)
    return steps, ways


def _piece(piece: Any, size: int) -> tuple[int, int]:
    name, told = str(piece[0]), piece[1]
    if name in SINGLE:
        return 1, 1
    if name == "IN":
        return len(told), 1
    if name == "SUBPATTERN":
        steps, ways = _sequence(told[-1], size)
        return steps + 1, ways
    if name in {"ASSERT", "ASSERT_NOT"}:
        return _sequence(told[1], size)[0] + 1, 1
    if name == "BRANCH":
        each = [_sequence(one, size) for one in told[1]]
        # Of alternatives that begin with different letters one at most can match.
        ways = (max if _begin_apart(told[1]) else sum)(ways for _, ways in each)
        return sum(steps for steps, _ in each) + len(each), ways
    if name in REPEATS:
        return _repeated(int(told[0]), int(told[1]), *_sequence(told[2], size), size)
    return ENDLESS, ENDLESS


def _begin_apart(alternatives: Any) -> bool:
    firsts = [one[0] if len(one) else None for one in alternatives]
    letters = {first[1] for first in firsts if first is not None and str(first[0]) == "LITERAL"}
    return len(letters) == len(firsts)


def _repeated(least: int, most: int, steps: int, ways: int, size: int) -> tuple[int, int]:
    times = max(min(most, size + 1), min(least, ENDLESS))
    if ways == 1:
        return (times + 1) * (steps + 1), times - min(least, times) + 1
    if times > ENDLESS.bit_length():
        return ENDLESS, ENDLESS
    entered = sum(ways**at for at in range(times + 1))
    return min((steps + 1) * entered, ENDLESS), min(entered, ENDLESS)
