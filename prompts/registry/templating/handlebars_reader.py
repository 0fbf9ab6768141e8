"""Takes a Handlebars template apart: text, expressions, blocks with their else parts, partials."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from prompts.registry.templating.faults import DEEPEST, TemplateFault, fault_at

_TAG = re.compile(r"\\?\{\{")
_COMMENT_END = re.compile(r"--~?\}\}")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_TOKEN = re.compile(
    r"""\s*(?:(?P<pipe>as\s*\|[^|]*\|)|(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?(?=[\s)]|$))
    |(?P<hash>[\w@-]+)=|(?P<paren>[()])|(?P<path>(?:\[[^\]]*\]|[^\s()="'|])+))""",
    re.VERBOSE,
)


@dataclass(slots=True)
class Literal:
    """A value that stands in the template."""

    value: Any


@dataclass(slots=True)
class Path:
    """A place in the data: how many contexts up, ``@data`` or not, and the parts."""

    text: str
    up: int
    data: bool
    parts: list[str]


@dataclass(slots=True)
class Call:
    """A path alone, or a helper with its arguments (each a Literal, a Path or a Call)."""

    path: Path
    arguments: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    block_names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """``kind`` is text, value, block or partial; a block holds ``inner``, behind its else ``other``."""

    kind: str
    text: str = ""
    call: Call | None = None
    position: int = 0
    indent: str = ""
    inverted: bool = False
    inner: list["Node"] = field(default_factory=list)
    other: list["Node"] = field(default_factory=list)
    in_other: bool = False
    chained: bool = False


def read_path(text: str) -> Path:
    """``../a.b``, ``this.x``, ``@index``, ``a.[odd name]``."""
    data, up, rest = text.startswith("@"), 0, text.removeprefix("@")
    while rest.startswith(".."):
        up, rest = up + 1, rest[2:].removeprefix("/")
    found = re.findall(r"\[([^\]]*)\]|([^./\[\]]+)", rest)
    parts = [bracketed or plain for bracketed, plain in found]
    if parts and parts[0] == "this" and not rest.startswith("["):
        parts = parts[1:]
    return Path(text, up, data, parts)


def read_call(source: str) -> Call:
    """The expression of a tag; raises ``ValueError`` with a reason."""
    position = 0
    stack: list[tuple[list[Any], dict[str, Any]]] = [([], {})]
    names: list[str] = []
    pending: list[str | None] = [None]
    source = source.strip()

    def put(value: Any) -> None:
        if (name := pending[-1]) is not None:
            stack[-1][1][name] = value
            pending[-1] = None
        else:
            stack[-1][0].append(value)

    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or match.end() == position:
            raise ValueError(f"{source[position : position + 20]!r} cannot be read")
        position = match.end()
        if match["pipe"]:
            names = match["pipe"].partition("|")[2].rstrip("|").split()
        elif match["hash"]:
            pending[-1] = match["hash"]
        elif match["paren"] == "(":
            if len(stack) > DEEPEST:
                raise ValueError("brackets are nested too deep")
            stack.append(([], {}))
            pending.append(None)
        elif match["paren"]:
            if len(stack) == 1:
                raise ValueError("a bracket is closed and was never opened")
            inner = stack.pop()
            pending.pop()
            put(_call(*inner, []))
        elif match["text"]:
            put(Literal(match["text"][1:-1]))
        elif match["number"]:
            put(Literal(json.loads(match["number"])))
        else:
            put(_word(match["path"]))
    if len(stack) > 1:
        raise ValueError("a bracket is never closed")
    return _call(*stack[0], names)


def _word(word: str) -> Any:
    constants = {"true": True, "false": False, "null": None, "undefined": None}
    return Literal(constants[word]) if word in constants else read_path(word)


def _call(positional: list[Any], named: dict[str, Any], names: list[str]) -> Call:
    if not positional:
        raise ValueError("a tag has no name")
    first = positional[0]
    if isinstance(first, Literal):
        first = Path(str(first.value), 0, False, [str(first.value)])
    if isinstance(first, Call):
        raise ValueError("a helper's name is expected first")
    return Call(first, positional[1:], named, names)


class _Reader:
    """One pass over a template."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.position = self.line_start = 0
        self.strip_next = False
        self.nodes: list[Node] = []
        self.open: list[Node] = []

    def fault(self, position: int, reason: str) -> TemplateFault:
        return fault_at(self.text, position, reason, self.name)

    def siblings(self) -> list[Node]:
        if not self.open:
            return self.nodes
        return self.open[-1].other if self.open[-1].in_other else self.open[-1].inner

    def literal(self, text: str) -> None:
        if self.strip_next:
            text = text.lstrip()
            self.strip_next = not text
        if text:
            self.siblings().append(Node("text", text))

    def read(self) -> list[Node]:
        while match := _TAG.search(self.text, self.position):
            start = match.start()
            if match[0].startswith("\\"):
                end = self.text.find("}}", start)
                end = len(self.text) if end < 0 else end + 2
                self.literal(self.text[self.position : start] + self.text[start + 1 : end])
                self.position = end
                continue
            self.tag(start)
        self.literal(self.text[self.position :])
        if self.open:
            raise self.fault(self.open[-1].position, f"the block {_name(self.open[-1])!r} is never closed")
        return self.nodes

    def tag(self, start: int) -> None:
        text, inside = self.text, start + 2
        long_comment = text.startswith(("!--", "~!--"), inside)
        triple = text.startswith("{", inside)
        closing = "--}}" if long_comment else "}}}" if triple else "}}"
        end = text.find(closing, inside)
        if long_comment and (found := _COMMENT_END.search(text, inside)):
            closing, end = found[0], found.start()
        if end < 0:
            raise self.fault(start, "a tag opens with {{ and is never closed")
        content, after = text[inside + triple : end], end + len(closing)
        left, right = content.startswith("~"), content.endswith("~") or closing == "--~}}"
        content = content.removeprefix("~").removesuffix("~").strip()
        before, indent = text[self.position : start], ""
        if (newline := before.rfind("\n")) >= 0:
            self.line_start = self.position + newline + 1
        control = not triple and (content[:1] in {"#", "/", "^", "!", ">"} or re.match(r"else\b", content))
        alone = self.position <= self.line_start and not text[self.line_start : start].strip(" \t")
        if control and alone and (rest := _REST_OF_LINE.match(text, after)):
            indent = text[self.line_start : start]
            before = before[: len(before) - len(indent)]
            after = self.line_start = rest.end()
        self.literal(before.rstrip() if left else before)
        self.strip_next = False if before and not right else right or self.strip_next
        self.position = after
        try:
            self.act(content, start, indent, triple)
        except ValueError as error:
            if isinstance(error, TemplateFault):
                raise
            raise self.fault(start, str(error)) from None
        self.strip_next = right

    def act(self, content: str, start: int, indent: str, triple: bool) -> None:
        sign, rest = content[:1], content[1:].strip()
        if triple or sign not in {"#", "^", "/", "!", ">", "&"}:
            if not triple and re.match(r"else\b", content):
                self.otherwise(content[4:].strip(), start)
            else:
                self.siblings().append(Node("value", call=read_call(content), position=start))
        elif sign == "&":
            self.siblings().append(Node("value", call=read_call(rest), position=start))
        elif sign == ">":
            self.siblings().append(Node("partial", call=read_call(rest), position=start, indent=indent))
        elif sign == "^" and not rest:
            self.otherwise("", start)
        elif sign in {"#", "^"}:
            if rest.startswith((">", "*")):
                raise ValueError("block partials and decorators are not offered")
            self.begin(Node("block", call=read_call(rest), position=start, inverted=sign == "^"))
        elif sign == "/":
            self.close(rest, start)

    def begin(self, node: Node) -> None:
        if len(self.open) >= DEEPEST:
            raise ValueError(f"blocks are nested more than {DEEPEST} deep")
        self.siblings().append(node)
        self.open.append(node)

    def otherwise(self, rest: str, start: int) -> None:
        if not self.open or self.open[-1].in_other:
            raise ValueError("an else stands outside of a block")
        self.open[-1].in_other = True
        if rest:
            self.begin(Node("block", call=read_call(rest), position=start, chained=True))

    def close(self, name: str, start: int) -> None:
        while self.open and self.open[-1].chained:
            self.open.pop()
        if not self.open:
            raise ValueError(f"the block {name!r} is closed and was never opened")
        if _name(self.open[-1]) != name:
            raise ValueError(f"the block {_name(self.open[-1])!r} is open, but {name!r} is closed")
        self.open.pop()


def _name(node: Node) -> str:
    return node.call.path.text if node.call else ""


def parse(text: str, name: str = "") -> list[Node]:
    """The pieces of a template; raises ``TemplateFault`` with the place."""
    return _Reader(text, name).read()


def walk(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, those inside blocks included."""
    for node in nodes:
        yield node
        yield from walk(node.inner)
        yield from walk(node.other)
