"""Handlebars without HTML escaping: if, unless, each, with, lookup, partials, and dotprompt's helpers.

Written after https://handlebarsjs.com/guide/ and, for ``role``, ``media``, ``history``, ``section``,
``json``, ``ifEquals`` and ``unlessEquals``, https://google.github.io/dotprompt/. Code helpers, block
partials and decorators are not offered.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prompts.registry.templating.faults import DEEPEST, Output, TemplateFault, indented, printed
from prompts.registry.templating.handlebars_reader import Call, Literal, Node, Path, parse, walk

BLOCKS = ("if", "unless", "each", "with", "ifEquals", "unlessEquals")
WIDEST_INDENT = 10
HELPERS = ("lookup", "json", "role", "history", "media", "section")


@dataclass(slots=True)
class Scope:
    """Where one stands: the context, the ``@data``, the names of block parameters, and the scope above."""

    context: Any
    data: dict[str, Any]
    names: dict[str, Any]
    above: "Scope | None" = None
    depth: int = 0


def find_partials(text: str) -> list[str]:
    """The names of all partials, in order of appearance."""
    found = (node.call.path.text for node in walk(parse(text)) if node.kind == "partial" and node.call)
    return list(dict.fromkeys(found))


def find_variables(text: str) -> list[str]:
    """The first parts of all paths that the template asks for, in order of appearance."""
    names: list[str] = []
    for node in walk(parse(text)):
        if node.call is not None:
            _collect(node.call, names, alone=node.kind != "partial")
    return list(dict.fromkeys(names))


def _collect(item: Any, names: list[str], *, alone: bool) -> None:
    if isinstance(item, Path):
        if item.parts and not item.data:
            names.append(item.parts[0])
    elif isinstance(item, Call):
        word = item.path.text
        if alone and not item.arguments and not item.named and word not in {*BLOCKS, *HELPERS, "else"}:
            _collect(item.path, names, alone=True)
        for argument in [*item.arguments, *item.named.values()]:
            _collect(argument, names, alone=True)


class _Filler:
    """Fills one template in."""

    def __init__(self, partials: Mapping[str, str]) -> None:
        self.partials, self.out = partials, Output()
        self.read: dict[tuple[str, str], list[Node]] = {}

    def fill(self, nodes: list[Node], scope: Scope) -> None:
        for node in nodes:
            self.out.step()
            if node.kind == "text":
                self.out.add(node.text)
            elif node.call is None:
                continue
            elif node.kind == "value":
                self.out.add(printed(self.value(node.call, scope)))
            elif node.kind == "partial":
                self.partial(node, node.call, scope)
            else:
                self.block(node, node.call, scope)

    def value(self, item: Any, scope: Scope) -> Any:
        """The value of a literal, a path or a call of a helper."""
        if isinstance(item, Literal):
            return item.value
        if isinstance(item, Path):
            return look_up(item, scope)
        word = item.path.text
        arguments = [self.value(argument, scope) for argument in item.arguments]
        named = {name: self.value(argument, scope) for name, argument in item.named.items()}
        if word in HELPERS and (arguments or named or word == "history"):
            return _help(word, arguments, named)
        if arguments or named:
            raise TemplateFault(f"there is no helper {word!r}")
        return look_up(item.path, scope)

    def partial(self, node: Node, call: Call, scope: Scope) -> None:
        name = call.path.text
        if scope.depth >= DEEPEST:
            raise TemplateFault(f"partials include one another more than {DEEPEST} deep", name=name)
        key = (name, node.indent)
        if key not in self.read:
            text = self.partials.get(name, "")
            self.read[key] = parse(indented(text, node.indent), name)
        context = self.value(call.arguments[0], scope) if call.arguments else scope.context
        if call.named:
            given = {word: self.value(item, scope) for word, item in call.named.items()}
            context = {**(context if isinstance(context, Mapping) else {}), **given}
        self.fill(self.read[key], Scope(context, scope.data, {}, scope.above, scope.depth + 1))

    def block(self, node: Node, call: Call, scope: Scope) -> None:
        word = call.path.text
        if word in BLOCKS and call.arguments and not node.inverted:
            values = [self.value(argument, scope) for argument in call.arguments]
        else:
            word, values = "", [self.value(call, scope)]
        chosen, other = (node.other, node.inner) if node.inverted else (node.inner, node.other)
        value = values[0]
        if word in {"if", "unless"}:
            zero_counts = call.named.get("includeZero") and value == 0 and not isinstance(value, bool)
            shown = (holds(value) or bool(zero_counts)) == (word == "if")
            self.fill(chosen if shown else other, scope)
        elif word in {"ifEquals", "unlessEquals"}:
            same = len(values) > 1 and type(value) is type(values[1]) and value == values[1]
            self.fill(chosen if same == (word == "ifEquals") else other, scope)
        elif word == "each" or (not word and isinstance(value, list)):
            self.each(value, call, scope, chosen, other)
        elif not holds(value):
            self.fill(other, scope)
        elif value is True and not word:
            self.fill(chosen, scope)
        else:
            names = dict(zip(call.block_names, [value], strict=False))
            self.fill(chosen, Scope(value, scope.data, {**scope.names, **names}, scope, scope.depth))

    def each(self, value: Any, call: Call, scope: Scope, chosen: list[Node], other: list[Node]) -> None:
        pairs: list[tuple[Any, Any]] = []
        if isinstance(value, Mapping):
            pairs = list(value.items())
        elif isinstance(value, list):
            pairs = list(enumerate(value))
        for index, (key, item) in enumerate(pairs):
            self.out.step()
            place = {"index": index, "key": key, "first": index == 0, "last": index == len(pairs) - 1}
            names = dict(zip(call.block_names, [item, key], strict=False))
            data, known = {**scope.data, **place}, {**scope.names, **names}
            self.fill(chosen, Scope(item, data, known, scope, scope.depth))
        if not pairs:
            self.fill(other, scope)


def _help(word: str, arguments: list[Any], named: dict[str, Any]) -> Any:
    first = arguments[0] if arguments else None
    if word == "lookup":
        return _step(first, str(arguments[1])) if len(arguments) > 1 else None
    if word == "json":
        indent = _indent(named.get("indent"))
        parts = (",", ":") if indent is None else (",", ": ")
        return json.dumps(first, ensure_ascii=False, indent=indent, separators=parts)
    if word == "media":
        kind = f" {named['contentType']}" if named.get("contentType") else ""
        return f"<<<dotprompt:media:url {printed(named.get('url', first))}{kind}>>>"
    if word == "history":
        return "<<<dotprompt:history>>>"
    return f"<<<dotprompt:{word}{':' if word == 'role' else ' '}{printed(first)}>>>"


def _indent(told: Any) -> int | str | None:
    """As JavaScript has it: at most ten spaces, or the first ten characters of a text."""
    if isinstance(told, str):
        return told[:WIDEST_INDENT]
    if isinstance(told, int | float) and not isinstance(told, bool):
        return min(max(int(told), 0), WIDEST_INDENT) or None
    return None


def holds(value: Any) -> bool:
    """Whether ``#if`` is true: an empty object is, an empty list, 0 and an empty text are not."""
    return bool(value) or isinstance(value, Mapping)


def _step(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list):
        if part == "length":
            return len(value)
        if part.isascii() and part.isdigit() and len(part) < 9 and int(part) < len(value):
            return value[int(part)]
    return None


def look_up(path: Path, scope: Scope) -> Any:
    """The value of a path; a missing one is None."""
    for _ in range(path.up):
        if scope.above is None:
            return None
        scope = scope.above
    parts = path.parts
    if path.data:
        value: Any = scope.data.get(parts[0]) if parts else None
        parts = parts[1:]
    elif parts and not path.up and parts[0] in scope.names and not path.text.startswith(("this", ".")):
        value, parts = scope.names[parts[0]], parts[1:]
    else:
        value = scope.context
    for part in parts:
        value = _step(value, part)
    return value


def render(text: str, variables: Mapping[str, Any], partials: Mapping[str, str]) -> str:
    """The filled-in text. A missing value and a missing partial are empty. Raises ``TemplateFault``."""
    filler = _Filler(partials)
    try:
        filler.fill(parse(text), Scope(variables, {"root": variables}, {}))
    except RecursionError:
        raise TemplateFault("blocks and partials are nested too deep") from None
    return filler.out.text()
