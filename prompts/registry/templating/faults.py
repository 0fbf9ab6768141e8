"""What goes wrong with a template, with its place, and the limits that all languages share."""

import json
import re
import time
from typing import Any

LONGEST_OUTPUT = 4_000_000
"""Characters that a rendered text may have."""
MOST_STEPS = 2_000_000
"""Tags that one rendering may work through."""
MOST_SECONDS = 5.0
"""Seconds of a processor for one rendering: a single tag can ask for much work and print nothing."""
LONGEST_WAIT = 20.0
"""Seconds until it is stopped where the machine is busy with other things."""
DEEPEST = 60
"""Sections and partials inside one another."""


class TemplateFault(ValueError):
    """The template cannot be read or filled in. ``line`` and ``column`` count from 1, 0 is unknown."""

    def __init__(self, reason: str, *, line: int = 0, column: int = 0, name: str = "") -> None:
        place = f"line {line}" if line else ""
        if column:
            place += f", column {column}"
        if name:
            place = f"{name}, {place}" if place else name
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason, self.line, self.column, self.name = reason, line, column, name


def fault_at(text: str, position: int, reason: str, name: str = "") -> TemplateFault:
    """The fault at a character of ``text``."""
    line = text.count("\n", 0, position) + 1
    return TemplateFault(reason, line=line, column=position - text.rfind("\n", 0, position), name=name)


def printed(value: Any) -> str:
    """A value as a template prints it: text as it is, nothing for null, JSON for lists and objects."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def indented(text: str, indent: str) -> str:
    """``text`` with ``indent`` before each line that is not empty; refuses what would become too long."""
    if not indent:
        return text
    if len(text) + len(indent) * (text.count("\n") + 1) > LONGEST_OUTPUT:
        raise TemplateFault(f"an indented partial becomes longer than {LONGEST_OUTPUT:,} characters")
    return re.sub(r"(?m)^(?=[^\n])", lambda _: indent, text)


class Output:
    """Collects pieces and counts work; refuses more than the limits."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = self._steps = 0
        self._deadline = time.thread_time() + MOST_SECONDS
        began = time.monotonic()
        self._first, self._last = began + MOST_SECONDS, began + LONGEST_WAIT

    def step(self) -> None:
        """One more tag, or one more item of a section, was worked on."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TemplateFault(f"the text takes more than {MOST_STEPS:,} steps to fill in")
        now = time.monotonic()
        # The processor's clock is dear to ask, and no faster than the wall's.
        if now > self._first and (now > self._last or time.thread_time() > self._deadline):
            raise TemplateFault(f"the text takes more than {MOST_SECONDS:.0f} seconds to fill in")

    def add(self, piece: str) -> None:
        """Appends a piece."""
        self._length += len(piece)
        if self._length > LONGEST_OUTPUT:
            raise TemplateFault(f"the text becomes longer than {LONGEST_OUTPUT:,} characters")
        self._pieces.append(piece)

    def text(self) -> str:
        """All that was collected."""
        return "".join(self._pieces)
