"""What a rule says: which rule, why, and where."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

LONGEST_EXCERPT = 80
MOST = 50
"""Findings of one rule in one text that are told; a text with more of them is told to have many."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands. ``message`` counts from 0; ``line`` and ``column`` from 1, 0 where there is none."""

    field: str
    message: int | None = None
    line: int = 0
    column: int = 0
    excerpt: str = ""

    def __str__(self) -> str:
        where = self.field if self.message is None else f"messages[{self.message}]"
        return f"{where}, line {self.line}, column {self.column}" if self.line else where


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` names the rule; ``severity`` is what the policy makes of it, empty before it was asked.

    No part of it holds a secret: an excerpt of one shows the vendor's own first letters, and its length.
    """

    code: str
    title: str
    reason: str
    place: Place
    severity: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.title[:1].lower()}{self.title[1:]}"

    def as_dict(self) -> dict[str, object]:
        """For pages that are drawn in the browser."""
        place = self.place
        return {
            "code": self.code,
            "severity": self.severity,
            "title": self.title,
            "reason": self.reason,
            "field": place.field,
            "message": place.message,
            "line": place.line,
            "column": place.column,
            "excerpt": place.excerpt,
        }


@dataclass(frozen=True)
class Passage:
    """One text of a prompt. ``role`` is empty for a text outside the messages."""

    text: str
    field: str = "messages"
    message: int | None = None
    role: str = ""

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def place(self, start: int, end: int, excerpt: str | None = None) -> Place:
        """The place of a piece of the text; the excerpt is the piece itself unless another is given."""
        line = bisect_right(self._starts, start)
        shown = shortened(self.text[start:end]) if excerpt is None else excerpt
        return Place(self.field, self.message, line, start - self._starts[line - 1] + 1, shown)

    def without(self, spans: list[tuple[int, int]]) -> "Passage":
        """The same text, as long as before, with those pieces blotted out: no other rule can quote them."""
        if not spans:
            return self
        pieces, end = [], 0
        for start, stop in sorted(spans):
            begin = max(start, end)
            pieces += [self.text[end:begin], "•" * max(0, stop - begin)]
            end = max(end, stop)
        return Passage("".join([*pieces, self.text[end:]]), self.field, self.message, self.role)


def shortened(text: str) -> str:
    """One line of at most ``LONGEST_EXCERPT`` characters."""
    line = " ".join(text[: LONGEST_EXCERPT * 2].split())
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1] + "…"


def hidden(text: str, shown: int) -> str:
    """A secret as it may be told: its first characters and its length."""
    return f"{text[:shown]}… ({len(text):,} characters)"
