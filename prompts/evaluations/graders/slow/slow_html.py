"""HTML: whether a text holds some, and whether it is nothing else."""

import re
from html.parser import HTMLParser
from typing import Any

from justhtml import JustHTML

WRAPPERS = {"html", "head", "body"}
WORDS = re.compile(r"\S+")
VOID = frozenset(WORDS.findall("area base br col embed hr img input link meta param source track wbr"))
MAY_STAY_OPEN = frozenset(
    WORDS.findall(
        "html head body p li dt dd rt rp optgroup option colgroup caption thead tbody tfoot tr td th"
    )
)
"""Whose end tags may be left out (HTML Living Standard, 13.1.2.4)."""
OTHERS = """
    a abbr address article aside audio b bdi bdo blockquote button canvas cite code data datalist del
    details dfn dialog div dl em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header i
    iframe ins kbd label legend main map mark math menu meter nav noscript object ol output picture pre
    progress q ruby s samp script section select slot small span strong style sub summary sup svg table
    template textarea time title u ul var video
"""
KNOWN = VOID | MAY_STAY_OPEN | frozenset(WORDS.findall(OTHERS))
COMMON = (
    "html|head|body|div|span|p|a|img|h[1-6]|ul|ol|li|table|tr|td|th|form|input|button|script|style|link|meta|"
    "br|hr"
)
ENOUGH = 2
SIGNS = [
    (re.compile(r"<[a-z][a-z0-9-]*(?:\s[^<>]*)?/>", re.IGNORECASE), 1),
    (re.compile(r"&(?:[a-z]+|#[0-9]+|#x[0-9a-f]+);", re.IGNORECASE), 1),
    (re.compile(r"<!doctype\s+html", re.IGNORECASE), 2),
    (re.compile(r"<!--.*?-->", re.DOTALL), 1),
    (re.compile(r"\s[a-z-]+=\s*(?:\"[^\"']*\"|'[^\"']*')", re.IGNORECASE), 1),
    (re.compile(rf"<(?:{COMMON})\b", re.IGNORECASE), 2),
]
OPENING = re.compile(r"<[a-z][a-z0-9-]*(?:\s[^<>]*)?>", re.IGNORECASE)
CLOSING = re.compile(r"</[a-z][a-z0-9-]*\s*>", re.IGNORECASE)


def holds_some(text: str) -> bool:
    """Whether signs of HTML weigh enough: one alone may be a formula or an address."""
    weight = bool(OPENING.search(text)) + bool(CLOSING.search(text))
    for sign, counts in SIGNS:
        if weight >= ENOUGH:
            return True
        weight += counts if sign.search(text) else 0
    return weight >= ENOUGH


class _Tags(HTMLParser):
    """Counts elements that must be closed and are not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID | MAY_STAY_OPEN:
            self.open[tag] = self.open.get(tag, 0) + 1

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if self.open.get(tag):
            self.open[tag] -= 1


def fault(raw: str) -> str:
    """What keeps a text from being HTML and nothing else; empty if nothing does."""
    text = raw.strip()
    if not text:
        return "the output is empty"
    if re.match(r"<\?xml", text, re.IGNORECASE):
        return "the output is XML"
    written, loose = False, False
    waiting: list[Any] = [JustHTML(text, track_node_locations=True, sanitize=False).root]
    while waiting:
        node = waiting.pop()
        name, parts = str(getattr(node, "name", "")), getattr(node, "children", None) or []
        # An element that nobody wrote was made by the parser, such as the body around a fragment.
        placed = getattr(node, "origin_location", None) is not None
        if name == "body" and not placed:
            loose = any(part.name == "#text" and str(part.data or "").strip() for part in parts)
        elif name in WRAPPERS:
            written |= placed
        else:
            written |= name in KNOWN or ("-" in name and name[0].isalpha())
        waiting += parts
    if loose:
        return "there is text outside of the tags"
    if not written:
        return "there is no HTML element in it"
    tags = _Tags()
    tags.feed(text)
    tags.close()
    left = sorted(tag for tag, count in tags.open.items() if count)
    return f"<{left[0][:40]}> is not closed" if left else ""


def answer(question: dict[str, Any]) -> bool | str:
    """Of a whole output its fault, else whether there is HTML in it."""
    return fault(question["text"]) if question.get("whole") else holds_some(question["text"])
