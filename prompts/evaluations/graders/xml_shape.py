"""``is-xml`` and ``contains-xml``, with required elements."""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided

TAG = re.compile(r"<(/?)([^\W\d][^\s<>/]*|:[^\s<>/]*)(?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*>")
"""A tag; nothing in it reaches beyond the next ``<``, so that a hostile text takes no longer than another."""
NO_TAGS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
MOST_FRAGMENTS = 1000


class Elements:
    """A document's elements by their dotted paths, down to ``deepest``, and how often each is repeated."""

    def __init__(self, deepest: int) -> None:
        self.paths: dict[str, int] = {}
        self._deepest = deepest
        self._stack: list[str] = []
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._deepest:
            return
        # With namespaces a name is "address local prefix"; what counts is how it was written.
        parts = name.split(" ")
        self._stack.append(f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1])
        path = ".".join(self._stack)
        self.paths[path] = self.paths.get(path, 0) + 1
        for attribute in attributes:
            self.paths[f"{path}.@_{attribute.split(' ')[-1]}"] = 1

    def end(self, name: str) -> None:
        if self._depth <= self._deepest:
            self._stack.pop()
        self._depth -= 1

    def has(self, wanted: str) -> bool:
        """Whether the path is there; a number in it is the place among elements of one name."""
        path: list[str] = []
        for part in wanted.split("."):
            if part.isdigit() and self.paths.get(".".join(path), 0) > 1:
                if int(part) >= self.paths[".".join(path)]:
                    return False
            else:
                path.append(part)
        return ".".join(path) in self.paths


def read(raw: str, deepest: int, *, whole: bool) -> Elements:
    """Raises ``ValueError`` for ill-formed XML; in a whole document for an unbound prefix or a DTD too."""
    found = Elements(deepest)

    def doctype(name: str, system: str | None, public: str | None, has_internal: bool) -> None:
        if has_internal:
            raise ValueError("a DTD inside is not supported")

    parser = expat.ParserCreate(namespace_separator=" ") if whole else expat.ParserCreate()
    if whole:
        parser.namespace_prefixes = True
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return found


def _bare(raw: str) -> str:
    """Without comments, character data sections and processing instructions."""
    for opening, closing in NO_TAGS:
        kept, at = [], 0
        while (start := raw.find(opening, at)) >= 0 and (end := raw.find(closing, start)) >= 0:
            kept.append(raw[at:start])
            at = end + len(closing)
        raw = "".join(kept) + raw[at:]
    return raw


def fragments(raw: str) -> Iterator[str]:
    """The outermost elements that are opened and closed again in the text, in order."""
    text = _bare(raw)
    open_tags: list[tuple[str, int]] = []
    done: list[tuple[int, int]] = []
    for tag in TAG.finditer(text):
        if tag[0].endswith("/>"):
            done.append(tag.span())
        elif not tag[1]:
            open_tags.append((tag[2], tag.start()))
        elif open_tags and open_tags[-1][0] == tag[2]:
            start = open_tags.pop()[1]
            while done and done[-1][0] > start:
                done.pop()
            done.append((start, tag.end()))
        else:
            open_tags.clear()
    for start, end in done[:MOST_FRAGMENTS]:
        yield text[start:end]


def _required(value: Any) -> list[str]:
    if value in (None, "", {}, []):
        return []
    wanted = value.get("requiredElements") if isinstance(value, dict) else value
    if isinstance(wanted, str):
        wanted = [part.strip() for part in wanted.split(",")]
    if not isinstance(wanted, list) or not all(isinstance(path, str) for path in wanted):
        raise CannotGrade("needs a list as requiredElements")
    return wanted


def _deepest(wanted: list[str]) -> int:
    return max((path.count(".") + 1 for path in wanted), default=1)


def is_xml(asked: Asked) -> Graded:
    """One well-formed document, with all of ``requiredElements`` (dotted paths from the root)."""
    wanted = _required(asked.value)
    try:
        found = read(asked.text, _deepest(wanted), whole=True)
    except ValueError as error:
        return decided(asked, False, f"be valid XML: {error}")
    missing = [path for path in wanted if not found.has(path)]
    told = f"be XML with the elements {', '.join(wanted)}" if wanted else "be valid XML"
    return decided(asked, not missing, f"{told}. Missing: {', '.join(missing)}" if missing else told)


def contains_xml(asked: Asked) -> Graded:
    """A well-formed element somewhere in the output; required paths begin at an outermost element."""
    wanted = _required(asked.value)
    found: list[Elements] = []
    for part in fragments(asked.text):
        try:
            # A bare & and entities of HTML are common in prose; they say nothing about elements.
            found.append(read(part.replace("&", "&amp;"), _deepest(wanted), whole=False))
        except ValueError:
            continue
    if not found:
        return decided(asked, False, "contain XML")
    missing = [path for path in wanted if not any(one.has(path) for one in found)]
    told = f"contain XML with the elements {', '.join(wanted)}" if wanted else "contain XML"
    return decided(asked, not missing, f"{told}. Missing: {', '.join(missing)}" if missing else told)
