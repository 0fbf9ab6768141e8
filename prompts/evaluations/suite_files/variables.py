"""The variables of a test: out of files, and multiplied where a variable is a list. Pure."""

import re
from collections.abc import Iterator
from itertools import islice, product
from pathlib import PurePosixPath
from typing import Any

from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.suite_files.source import TEXTS, TREES, Source
from prompts.evaluations.suite_files.told import Place

Vars = dict[str, Any]
MOST_COMBINED = 100_000
NAMED = re.compile(r"\{\{\s*(\w+)\s*\}\}")
ROUNDS = 5
LONGEST = 1_000_000
"""Characters of a value into which others were put."""


def variables(source: Source, told: Any, place: Place) -> Vars | None:
    """A mapping, or the file or files that hold it; None where a value cannot be had."""
    if told is None:
        return {}
    if isinstance(told, str) or (isinstance(told, list) and all(isinstance(one, str) for one in told)):
        found: Vars = {}
        for word in [told] if isinstance(told, str) else told:
            for name in source.folder.names(word.removeprefix("file://"), place):
                part = source.tree(name, place)
                if not isinstance(part, dict):
                    place.refuse(f"{name} holds no variables.")
                found |= part
        told = found
    if not isinstance(told, dict):
        place.refuse("vars is a mapping of names to values.")
    values = {name: _value(source, value, place.within(name)) for name, value in told.items()}
    return None if any(value is _MISSING for value in values.values()) else values


_MISSING = object()


def _value(source: Source, value: Any, place: Place) -> Any:
    value = source.followed(value, place)
    if isinstance(value, list):
        found = [_value(source, one, place) for one in value]
        return _MISSING if any(one is _MISSING for one in found) else found
    if not isinstance(value, str) or not value.startswith("file://"):
        return value
    names = source.folder.names(value.removeprefix("file://").partition("#")[0], place)
    values = []
    for name in names:
        if PurePosixPath(name.partition(":")[0]).suffix.lower() not in (*TEXTS, *TREES):
            source.left_out.note(place, value[:100], "only texts, YAML and JSON are read into a variable")
            return _MISSING
        values.append(source.value_in(name, place))
    return values if "*" in value else values[0]


def combinations(told: Vars, expand: bool) -> Iterator[tuple[Vars, list[str]]]:
    """Every combination of the values of lists, with the words that tell them apart.

    https://www.promptfoo.dev/docs/configuration/guide (multiple variables in a single test case).
    """
    lists = {name: value for name, value in told.items() if expand and isinstance(value, list) and value}
    for chosen in islice(product(*lists.values()), MOST_COMBINED + 1):
        yield {**told, **dict(zip(lists, chosen, strict=True))}, [str(one)[:40] for one in chosen]


def filled_in(told: Vars, place: Place) -> Vars:
    """With the values of other variables where a text names them; a name that is none of them stays.

    promptfoo does so before it fills in a prompt: https://www.promptfoo.dev/docs/configuration/guide
    """
    found = dict(told)
    for _ in range(ROUNDS):
        before = dict(found)
        for name, value in before.items():
            if isinstance(value, str) and "{{" in value:
                found[name] = NAMED.sub(lambda hit: _text(found, hit), value)
                if len(found[name]) > LONGEST:
                    place.refuse(f"the variable {name[:60]} grows without end.")
        if found == before:
            break
    return found


def _text(known: Vars, hit: "re.Match[str]") -> str:
    value = known.get(hit[1])
    return hit[0] if value is None or isinstance(value, list | dict) else plain(value)
