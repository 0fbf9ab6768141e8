"""Where a template's tags stand, in all template languages alike: reads over them without understanding."""

import re
from collections.abc import Iterator
from typing import NamedTuple

TAG = re.compile(r"\{\{\{?[^{}]*\}?\}\}|\{%[^{}]*%\}")
_NAME = re.compile(r"[^\W\d][\w-]*")
_PRINTED = re.compile(r"\{\{[{&~-]?\s*([^\W\d][\w-]*)[^{}]*\}\}\}?")


class Printed(NamedTuple):
    """A tag that prints a value: the name's first part, and where it stands."""

    name: str
    start: int
    end: int


def first_places(text: str) -> dict[str, tuple[int, int]]:
    """For every word inside a tag the span of the first tag that holds it."""
    places: dict[str, tuple[int, int]] = {}
    for tag in TAG.finditer(text):
        for word in _NAME.findall(tag[0]):
            places.setdefault(word, tag.span())
    return places


def printed(text: str) -> Iterator[Printed]:
    """The tags that begin with a name, in order."""
    for tag in _PRINTED.finditer(text):
        yield Printed(tag[1], *tag.span())
