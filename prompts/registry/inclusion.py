"""What a text includes, how often and where, and which variables its fragments need. Pure.

A fragment is included by its name (``{{> shop/tone}}``, the newest frozen version), by name and version
(``{{> shop/tone@3}}``), or by name and environment (``{{> shop/tone@production}}``, the version that is
served there when the text is frozen); in Jinja2 ``{% include "shop/tone@3" %}``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prompts.registry.templating import TemplateFault, find_partials
from prompts.registry.templating.outermost import outermost

DEEPEST = 10
"""Fragments inside one another; whoever puts them into a text goes that deep."""
MOST = 100
"""Fragments that one version may pin, those inside of others included."""
LARGEST = 4_000_000
"""Characters of a text with all its fragments in it."""

_REFERENCE = re.compile(r"(?P<name>.+)@(?:(?P<number>[1-9]\d{0,8})|(?P<label>[a-z0-9-]*[a-z][a-z0-9-]*))")
_MARKS = ("{{", "{%", "{#")


@dataclass(frozen=True, slots=True)
class Inclusion:
    """One fragment that a text includes: where first (message and line count from 1), and how many times."""

    reference: str
    message: int
    line: int
    times: int = 1

    @property
    def name(self) -> str:
        """The fragment's name, without the version or environment."""
        return split(self.reference)[0]

    @property
    def number(self) -> int | None:
        """The version that is asked for; None is the newest, or what ``label`` says."""
        which = split(self.reference)[1]
        return which if isinstance(which, int) else None

    @property
    def label(self) -> str:
        """The environment whose version is asked for; empty where none is named."""
        which = split(self.reference)[1]
        return which if isinstance(which, str) else ""

    @property
    def place(self) -> str:
        """``message 2, line 4``."""
        return f"message {self.message}, line {self.line}"


def split(reference: str) -> tuple[str, int | str | None]:
    """``("shop/tone", 3)`` from ``shop/tone@3``, ``("shop/tone", "qa")`` from ``shop/tone@qa``,
    ``("shop/tone", None)`` from ``shop/tone``.
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return reference, None
    return found["name"], int(found["number"]) if found["number"] else found["label"]


def labelled(name: str, texts: Iterable[str]) -> set[str]:
    """The references by environment to the fragment of that name that stand in these texts."""
    tag = re.compile(rf"{re.escape(name)}@[a-z0-9-]*[a-z][a-z0-9-]*")
    return {found for text in texts if f"{name}@" in text for found in tag.findall(text)}


def inclusions(format: str, messages: Sequence[Mapping[str, Any]]) -> list[Inclusion]:
    """The fragments that the messages include directly, each reference once, in order.

    Raises ``TemplateFault`` with the message in its name.
    """
    found: dict[str, Inclusion] = {}
    for number, message in enumerate(messages, start=1):
        text = str(message.get("content", ""))
        try:
            references = find_partials(format, text)
        except TemplateFault as fault:
            where = f"message {number}"
            raise TemplateFault(fault.reason, line=fault.line, column=fault.column, name=where) from None
        for reference in references:
            line, times = _places(text, reference)
            first = found.get(reference)
            if first is not None:
                times, number_at, line = times + first.times, first.message, first.line
            else:
                number_at = number
            found[reference] = Inclusion(reference, number_at, line, times)
    return list(found.values())


def _places(text: str, reference: str) -> tuple[int, int]:
    """The line of the first inclusion, and how many there are."""
    tags = list(re.finditer(rf"""(?:>\s*|["']){re.escape(reference)}(?![\w@/-])""", text))
    start = tags[0].start() if tags else max(text.find(reference), 0)
    return text.count("\n", 0, start) + 1, max(len(tags), 1)


def fits(format: str, fragment_format: str, fragment_text: str) -> bool:
    """Whether a fragment can be read in the including text's language: its own, or it has no tag at all."""
    return format == fragment_format or not any(mark in fragment_text for mark in _MARKS)


def declared(schema: Mapping[str, Any]) -> set[str] | None:
    """The variables that a version declares; None where it declares none, or lets others in."""
    names = schema.get("properties")
    if not isinstance(names, Mapping) or not names or schema.get("additionalProperties"):
        return None
    return set(names)


def undeclared(
    format: str, text: str, fragments: Mapping[str, str], known: Iterable[str]
) -> list[tuple[str, str]]:
    """(reference, variable) of each variable that a fragment asks for and nobody declared.

    ``fragments`` are texts by reference. Where a fragment stands inside a section, a loop or gets parameters,
    its variables may come from there: it is left out.
    """
    names, missing, seen = set(known), [], set()
    waiting = [(reference, reference) for reference in outermost(format, text)[1]]
    while waiting:
        outer, reference = waiting.pop(0)
        if reference in seen or reference not in fragments:
            continue
        seen.add(reference)
        needed, inner = outermost(format, fragments[reference])
        missing += [(outer, name) for name in needed if name not in names]
        waiting += [(outer, deeper) for deeper in inner]
    return missing


def weigh(format: str, text: str, fragments: Mapping[str, str]) -> tuple[int, int]:
    """(characters with every fragment put in, how deep they include one another); a loop is deeper than any.

    ``fragments`` are texts by reference; one that is not there weighs nothing.
    """
    weights: dict[str, tuple[int, int]] = {}

    def of(piece: str, depth: int) -> tuple[int, int]:
        size, deepest = len(piece), 0
        for inclusion in inclusions(format, [{"content": piece}]):
            reference = inclusion.reference
            if reference not in fragments:
                continue
            if depth > DEEPEST:
                return LARGEST + 1, DEEPEST + 1
            if reference not in weights:
                weights[reference] = of(fragments[reference], depth + 1)
            inner_size, inner_depth = weights[reference]
            size, deepest = size + inclusion.times * inner_size, max(deepest, inner_depth + 1)
        return size, deepest

    return of(text, 0)
