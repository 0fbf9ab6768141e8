"""Assertions on the text itself."""

import json
import unicodedata
from typing import Any

from prompts.evaluations.graders import javascript, values
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided, quote

MOST_CELLS = 40_000_000_000
"""Characters times characters: some seconds of comparing."""


def same(left: Any, right: Any) -> bool:
    """Deep equality of JSON values, where ``true`` is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        return False
    return bool(left == right)


def equals(asked: Asked) -> Graded:
    """The whole output; with an object or a list as value, the output's JSON."""
    if not asked.has_value:
        raise CannotGrade("needs a value: equals compares with one")
    if asked.value is None or isinstance(asked.value, dict | list):
        try:
            holds = same(asked.value, strict_json(asked.text))
        except ValueError:
            holds = False
    else:
        holds = plain(asked.value) == asked.text
    return decided(asked, holds, f"equal {quote(asked.value)}")


def strict_json(raw: str) -> Any:
    """JSON as the standard has it: no NaN, no infinity. Raises ``ValueError``."""

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is no JSON")

    try:
        return json.loads(raw, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _case(asked: Asked, raw: str) -> str:
    return raw.lower() if asked.type.startswith("icontains") else raw


def contains(asked: Asked) -> Graded:
    """contains, icontains."""
    wanted = values.scalar(asked)
    return decided(asked, _case(asked, wanted) in _case(asked, asked.text), f"contain {quote(wanted)}")


def contains_any(asked: Asked) -> Graded:
    """contains-any, icontains-any."""
    wanted, found = values.several(asked), _case(asked, asked.text)
    holds = any(_case(asked, one) in found for one in wanted)
    return decided(asked, holds, f"contain one of {quote(', '.join(wanted))}")


def contains_all(asked: Asked) -> Graded:
    """contains-all, icontains-all."""
    wanted, found = values.several(asked), _case(asked, asked.text)
    missing = [one for one in wanted if _case(asked, one) not in found]
    told = f"contain all of {quote(', '.join(wanted))}"
    return decided(asked, not missing, f"{told}. Missing: {quote(', '.join(missing))}" if missing else told)


def starts_with(asked: Asked) -> Graded:
    wanted = values.text(asked)
    return decided(asked, asked.text.startswith(wanted), f"start with {quote(wanted)}")


def ends_with(asked: Asked) -> Graded:
    wanted = values.text(asked)
    return decided(asked, asked.text.endswith(wanted), f"end with {quote(wanted)}")


def _range(asked: Asked, count: int, unit: str) -> Graded:
    """An exact number, or ``{"min", "max"}`` with at least one of them, both inclusive."""
    value = asked.value
    if not isinstance(value, dict):
        exact = values.number(value, f"the value of {asked.type}")
        return decided(asked, count == exact, f"have {plain(exact)} {unit}, it has {count}")
    least, most = value.get("min"), value.get("max")
    if least is None and most is None:
        raise CannotGrade(f"needs min or max in the value of {asked.type}")
    low = 0.0 if least is None else values.number(least, "min")
    high = float("inf") if most is None else values.number(most, "max")
    if low > high:
        raise CannotGrade(f"the value of {asked.type} has a min above its max")
    told = " and ".join(
        part
        for part in (
            f"at least {plain(low)}" if least is not None else "",
            f"at most {plain(high)}" if most is not None else "",
        )
        if part
    )
    return decided(asked, low <= count <= high, f"have {told} {unit}, it has {count}")


def word_count(asked: Asked) -> Graded:
    """Words are what stands between white space."""
    return _range(asked, len(javascript.words(asked.text)), "words")


def character_count(asked: Asked) -> Graded:
    """Characters as UTF-16 code units, which is how JavaScript counts."""
    return _range(asked, javascript.length(asked.text), "characters")


def levenshtein(asked: Asked) -> Graded:
    """Edit distance (insertions, deletions, substitutions) of at most ``threshold``, 5 unless told."""
    from rapidfuzz.distance import Levenshtein

    wanted = values.text(asked, empty=True)
    most = asked.least(5.0)
    if len(asked.text) * len(wanted) > MOST_CELLS:
        raise CannotGrade("the texts are too long to be compared letter by letter")
    distance = Levenshtein.distance(_units(asked.text), _units(wanted))
    return decided(asked, distance <= most, f"be within {plain(most)} edits, it is {distance} away")


def _units(raw: str) -> str | list[int]:
    """The text as UTF-16 code units; the text itself where each character is one."""
    if javascript.length(raw) == len(raw):
        return raw
    return list(memoryview(raw.encode("utf-16-le", "surrogatepass")).cast("H"))


def normalized(raw: str) -> str:
    """Compatibility form with plain apostrophes and single blanks, for matching phrases."""
    folded = unicodedata.normalize("NFKC", raw).replace("\u2019", "'").replace("\u2018", "'")
    return " ".join(folded.lower().split())
