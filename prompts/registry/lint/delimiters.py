"""Input that stands bare between the words of an instruction: its reader cannot tell where it ends."""

import re
from bisect import bisect_right
from collections.abc import Collection

from prompts.registry.lint.findings import MOST, Finding, Passage
from prompts.registry.lint.tags import TAG, printed

UNDELIMITED = "undelimited-input"
REASON = (
    "What is filled in here may hold instructions of its own, and nothing tells the model where it begins "
    "and ends. Put it between marks, such as <{name}>…</{name}> or three quotation marks, and say that it "
    "is data."
)
INSTRUCTING = frozenset({"text", "system", "developer"})
"""Roles whose messages give instructions; what a user says is input anyway."""

_OPENING = "\"'`<[(>|*_#" + "\u201c\u2018\u00ab\u2039\u201e"
_CLOSING = "\"'`<])>|*_#" + "\u201d\u2019\u00bb\u203a\u201c"
_LABEL = re.compile(r"^[^:\n]{1,60}[:=]$")
_FENCE = re.compile(r"```|\"\"\"|'''|~~~")
_ELEMENT = re.compile(r"<(/?)([A-Za-z_][\w-]{0,40})[^<>\n]{0,200}>")


def find_undelimited(passage: Passage, names: Collection[str], plain: Collection[str]) -> list[Finding]:
    """One finding for each of ``names`` that stands bare; ``plain`` are numbers and the like: no input."""
    if passage.role not in INSTRUCTING:
        return []
    text, known = passage.text, set(names) - set(plain)
    inside = _Regions(text)
    findings: list[Finding] = []
    for tag in printed(text):
        if tag.name in known and _is_bare(text, tag.start, tag.end) and not inside.hold(tag.start):
            known.discard(tag.name)
            title = f"{tag.name[:60]} stands bare in the text"
            reason = REASON.replace("{name}", tag.name[:60])
            findings.append(Finding(UNDELIMITED, title, reason, passage.place(tag.start, tag.end)))
            if len(findings) == MOST:
                break
    return findings


def _is_bare(text: str, start: int, end: int) -> bool:
    # Looking a few hundred characters around is enough, and keeps a line of a million characters bearable.
    begin = max(text.rfind("\n", 0, start) + 1, start - 300)
    stop = text.find("\n", end, end + 300)
    before = TAG.sub("", text[begin:start]).strip()
    after = TAG.sub("", text[end : stop if stop >= 0 else end + 300]).strip()
    if before and after and before[-1] in _OPENING and after[0] in _CLOSING:
        return False
    if _LABEL.match(before) and not any(letter.isalnum() for letter in after):
        return False
    return any(letter.isalpha() for letter in before + after)


class _Regions:
    """Where a fence or an element is open: pairs of positions in order."""

    def __init__(self, text: str) -> None:
        spans: list[tuple[int, int]] = []
        opened: dict[str, int] = {}
        for mark in _FENCE.finditer(text):
            begun = opened.pop(mark[0], None)
            if begun is None:
                opened[mark[0]] = mark.end()
            else:
                spans.append((begun, mark.start()))
        open_elements: dict[str, int] = {}
        for mark in _ELEMENT.finditer(text):
            if not mark[1]:
                open_elements.setdefault(mark[2], mark.end())
            elif (begun := open_elements.pop(mark[2], None)) is not None:
                spans.append((begun, mark.start()))
        self._starts: list[int] = []
        self._ends: list[int] = []
        for begun, ended in sorted(spans):
            self._starts.append(begun)
            self._ends.append(max(ended, self._ends[-1] if self._ends else 0))

    def hold(self, position: int) -> bool:
        """Whether some region that began before the position ends behind it."""
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._ends[at]
