"""Mustache as its specification says (https://mustache.github.io, core modules), without HTML escaping.

Variables, sections, inverted sections, comments, partials with indentation, set delimiters, dotted names and
the implicit iterator. Prompts are no HTML, so ``{{x}}``, ``{{{x}}}`` and ``{{&x}}`` print the same. Lambdas,
inheritance and dynamic names are not offered. As in mustache.js an empty text and 0 are false.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts.registry.templating.faults import DEEPEST, Output, TemplateFault, fault_at, indented, printed

_REST_OF_LINE = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_NO_OUTPUT = frozenset("#^/!>=")
_BLANK = " \t"


@dataclass(slots=True)
class Node:
    """One piece: ``kind`` is text, variable, section, inverted or partial; ``text`` its text or name."""

    kind: str
    text: str
    position: int = 0
    indent: str = ""
    inner: list["Node"] = field(default_factory=list)


class _Reader:
    """Takes a template apart in one pass."""

    def __init__(self, text: str, name: str = "") -> None:
        self.text, self.name = text, name
        self.opening, self.closing = "{{", "}}"
        self.position = self.line_start = 0
        self.nodes: list[Node] = []
        self.open: list[Node] = []

    def fault(self, position: int, reason: str) -> TemplateFault:
        return fault_at(self.text, position, reason, self.name)

    def read(self) -> list[Node]:
        text = self.text
        while (start := text.find(self.opening, self.position)) >= 0:
            self._tag(start)
        self._literal(text[self.position :])
        if self.open:
            raise self.fault(self.open[-1].position, f"the section {self.open[-1].text!r} is never closed")
        return self.nodes

    def _siblings(self) -> list[Node]:
        return self.open[-1].inner if self.open else self.nodes

    def _literal(self, text: str) -> None:
        if text:
            self._siblings().append(Node("text", text))

    def _tag(self, start: int) -> None:
        text = self.text
        inside = start + len(self.opening)
        sign = text[inside : inside + 1]
        closing = {"{": "}" + self.closing, "=": "=" + self.closing}.get(sign, self.closing)
        end = text.find(closing, inside + 1 if sign in {"{", "="} else inside)
        if end < 0:
            raise self.fault(start, f"a tag opens with {self.opening} and is never closed")
        content = text[inside:end]
        after = end + len(closing)
        before, indent = text[self.position : start], ""
        newline = before.rfind("\n")
        if newline >= 0:
            self.line_start = self.position + newline + 1
        alone = self.position <= self.line_start and not text[self.line_start : start].strip(_BLANK)
        if sign in _NO_OUTPUT and alone and (rest := _REST_OF_LINE.match(text, after)):
            indent = text[self.line_start : start]
            before = before[: len(before) - len(indent)]
            after = self.line_start = rest.end()
        self._literal(before)
        self._act(sign, content, start, indent)
        self.position = after

    def _act(self, sign: str, content: str, start: int, indent: str) -> None:
        if sign == "!":
            return
        if sign == "=":
            self._delimiters(content[1:], start)
            return
        name = (content[1:] if sign in "{&#^/>" and sign else content).strip()
        if not name:
            raise self.fault(start, "a tag has no name")
        if sign in {"<", "$"} or (sign == ">" and name.startswith("*")):
            raise self.fault(start, "inheritance and dynamic names are not offered")
        if sign in {"#", "^"}:
            if len(self.open) >= DEEPEST:
                raise self.fault(start, f"sections are nested more than {DEEPEST} deep")
            node = Node("section" if sign == "#" else "inverted", name, start)
            self._siblings().append(node)
            self.open.append(node)
        elif sign == "/":
            self._close(name, start)
        else:
            self._siblings().append(Node("partial" if sign == ">" else "variable", name, start, indent))

    def _close(self, name: str, start: int) -> None:
        if not self.open:
            raise self.fault(start, f"the section {name!r} is closed and was never opened")
        if self.open[-1].text != name:
            raise self.fault(start, f"the section {self.open[-1].text!r} is open, but {name!r} is closed")
        self.open.pop()

    def _delimiters(self, content: str, start: int) -> None:
        parts = content.split()
        if len(parts) != 2 or "=" in content:
            raise self.fault(start, "two delimiters are expected between the equals signs")
        self.opening, self.closing = parts


def parse(text: str, name: str = "") -> list[Node]:
    """The pieces of a template; raises ``TemplateFault`` with the place."""
    return _Reader(text, name).read()


def walk(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, those inside sections included."""
    for node in nodes:
        yield node
        yield from walk(node.inner)


def find_variables(text: str) -> list[str]:
    """The first parts of all names that the template asks for, in order of appearance."""
    names = (
        node.text.partition(".")[0] for node in walk(parse(text)) if node.kind not in {"text", "partial"}
    )
    return [name for name in dict.fromkeys(names) if name]


def find_partials(text: str) -> list[str]:
    """The names of all partials, in order of appearance."""
    return list(dict.fromkeys(node.text for node in walk(parse(text)) if node.kind == "partial"))


@functools.lru_cache(maxsize=32)
def _parsed(text: str) -> list[Node]:
    """The pieces of a template that is filled in again and again; nobody changes them."""
    return parse(text)


class _Filler:
    """Fills one template in."""

    def __init__(self, partials: Mapping[str, str]) -> None:
        self.partials, self.out = partials, Output()
        self.read: dict[tuple[str, str], list[Node]] = {}

    def fill(self, nodes: list[Node], stack: list[Any], depth: int) -> None:
        for node in nodes:
            self.out.step()
            if node.kind == "text":
                self.out.add(node.text)
            elif node.kind == "variable":
                self.out.add(printed(look_up(stack, node.text)))
            elif node.kind == "partial":
                self._partial(node, stack, depth)
            else:
                self._section(node, stack, depth)

    def _section(self, node: Node, stack: list[Any], depth: int) -> None:
        value = look_up(stack, node.text)
        if (not holds(value)) == (node.kind == "inverted"):
            items = value if isinstance(value, list) and node.kind == "section" else [value]
            for item in items:
                self.out.step()
                self.fill(
                    node.inner, stack if node.kind == "inverted" or item is True else [*stack, item], depth
                )

    def _partial(self, node: Node, stack: list[Any], depth: int) -> None:
        text = self.partials.get(node.text, "")
        if depth >= DEEPEST:
            raise TemplateFault(f"partials include one another more than {DEEPEST} deep", name=node.text)
        key = (node.text, node.indent)
        if key not in self.read:
            self.read[key] = parse(indented(text, node.indent), node.text)
        self.fill(self.read[key], stack, depth + 1)


def holds(value: Any) -> bool:
    """Whether a section is shown for the value: an empty object is, an empty list is not."""
    return bool(value) or isinstance(value, dict)


def look_up(stack: list[Any], name: str) -> Any:
    """The value of a dotted name: its first part is looked for from the innermost context outwards."""
    if name == ".":
        return stack[-1]
    first, *rest = name.split(".")
    for context in reversed(stack):
        if isinstance(context, Mapping) and first in context:
            value = context[first]
            break
    else:
        return None
    for part in rest:
        if isinstance(value, list) and part.isascii() and part.isdigit() and len(part) < 9:
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def render(text: str, variables: Mapping[str, Any], partials: Mapping[str, str]) -> str:
    """The filled-in text. A missing variable and a missing partial are empty. Raises ``TemplateFault``."""
    filler = _Filler(partials)
    try:
        filler.fill(_parsed(text), [variables], 0)
    except RecursionError:
        raise TemplateFault("sections and partials are nested too deep") from None
    return filler.out.text()
