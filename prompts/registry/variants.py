"""Variants of one prompt by dimensions: how they are written, and which one answers. Pure.

Somebody who asks for ``language=de-AT,channel=sms`` gets the variant that fits best of those there are: the
one for both, else the one for the channel or the language alone, else the base, which fits everybody.
A value falls back to its beginning before a hyphen (``de-AT`` to ``de``), as RFC 4647 looks languages up.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from audits.identity.errors import Unacceptable

MOST = 8
"""Dimensions that may be asked for at once."""
LONGEST_VALUE = 40
SLUG = re.compile(r"[a-z][a-z0-9_-]{0,29}")
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")

Dimensions = Mapping[str, str]
T = TypeVar("T")


def read_dimensions(text: str, *, field: str = "dimensions") -> dict[str, str]:
    """``{"channel": "sms", "language": "de"}`` from ``channel=sms,language=de``; raises ``Unacceptable``."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not SLUG.fullmatch(name) or not VALUE.fullmatch(value):
            raise Unacceptable(
                f"Dimensions are written channel=sms,language=de; {part[:60]!r} is not.", field=field
            )
        if name in found:
            raise Unacceptable(f"The dimension {name!r} is given twice.", field=field)
        found[name] = value
    if len(found) > MOST:
        raise Unacceptable(f"{len(found)} dimensions are given; {MOST} are the most.", field=field)
    return found


def written(dimensions: Dimensions) -> str:
    """``channel=sms,language=de``: sorted, so that equal dimensions are written alike."""
    return ",".join(f"{name}={dimensions[name]}" for name in sorted(dimensions))


def fits(value: str, asked: str) -> int:
    """How closely a variant's value fits what is asked: its parts between hyphens, 0 where it doesn't fit."""
    parts, wanted = value.lower().split("-"), asked.lower().split("-")
    return len(parts) if wanted[: len(parts)] == parts else 0


def fitting(asked: Dimensions, known: Iterable[tuple[Dimensions, T]], order: Sequence[str]) -> list[T]:
    """Those of ``known`` that answer for what is asked, the most special first.

    One fits if each of its dimensions is asked for with a value that fits. More dimensions win over fewer;
    among equally many the one that has the earlier dimension of ``order``, then the closer value.
    """
    names = [*order, *sorted({name for told, _ in known for name in told} - set(order))]
    found = []
    for told, what in known:
        closeness = {name: fits(value, asked.get(name, "")) for name, value in told.items()}
        if all(closeness.values()):
            rank = (-len(told), [-closeness.get(name, 0) for name in names], written(told))
            found.append((rank, what))
    return [what for _, what in sorted(found, key=lambda row: row[0])]


def check_dimensions(given: object, declared: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What a variant is for: at least one declared dimension, each with one of its declared values."""
    if not isinstance(given, Mapping):
        raise Unacceptable("dimensions must be an object.", field="dimensions")
    found: dict[str, str] = {}
    for name, value in given.items():
        if name not in declared:
            there = ", ".join(declared) or "none yet"
            raise Unacceptable(
                f"There is no dimension {str(name)[:40]!r}; declared are {there}.", field="dimensions"
            )
        if value not in declared[name]:
            values = ", ".join(declared[name])
            raise Unacceptable(f"{name} is one of {values}, not {str(value)[:40]!r}.", field="dimensions")
        found[name] = value
    if not found:
        raise Unacceptable("Choose at least one dimension; the base is for all the rest.", field="dimensions")
    return {name: found[name] for name in declared if name in found}


def check_values(given: object) -> list[str]:
    """The values of a dimension, in order, each once whatever its case; raises ``Unacceptable``."""
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise Unacceptable("Give at least one value.", field="values")
    if len(given) > 200:
        raise Unacceptable(f"There are {len(given)} values; 200 are the most.", field="values")
    values = []
    for value in given:
        if not isinstance(value, str) or not VALUE.fullmatch(value):
            raise Unacceptable(
                f"A value has letters, digits, hyphens, dots and underscores, at most {LONGEST_VALUE}; "
                f"{str(value)[:60]!r} has not.",
                field="values",
            )
        values.append(value)
    folded = [value.lower() for value in values]
    if twice := sorted({value for value in folded if folded.count(value) > 1}):
        raise Unacceptable(f"The value {twice[0]!r} is given twice.", field="values")
    return values
