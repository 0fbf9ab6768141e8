"""The difference of two texts with all that belongs to them, part by part, as the diff component shows it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Self

from prompts.registry.attachments import written
from prompts.registry.diffs import diff_lines
from prompts.registry.models import Version

JSON_FIELDS = (
    ("model_settings", "Settings"),
    ("variables", "Variables"),
    ("tools", "Tools"),
    ("output_schema", "Shape of the answer"),
    ("config", "Configuration"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One side: messages as (title, text), and the other parts as text by their title."""

    messages: list[tuple[str, str]]
    others: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_version(cls, version: Version) -> Self:
        """All parts of a version, pinned fragments among them."""
        others = {title: _pretty(getattr(version, name)) for name, title in JSON_FIELDS}
        pins = [f"{row['name']} version {row['version']}" for row in version.fragments]
        return cls(
            _titled(version.messages), {**others, "Fragments": "\n".join(pins), "Format": version.format}
        )

    @classmethod
    def of_sheet(cls, messages: list[dict[str, Any]], typed: Mapping[str, str]) -> Self:
        """What stands in the editor: messages, and JSON as it was typed by the name of its field."""
        titles = dict(JSON_FIELDS)
        return cls(_titled(messages), {titles[name]: _typed(text) for name, text in typed.items()})


@dataclass(frozen=True, slots=True)
class Part:
    """One part with its rows; ``lines`` counts those that changed.

    ``message`` is the number of the message that it is, ``threads`` the remarks by line of the newer side.
    """

    title: str
    rows: list[Any]
    lines: int
    message: int | None = None
    threads: dict[int, list[Any]] = field(default_factory=dict)


def parts_between(old: Side, new: Side) -> list[Part]:
    """All messages, and of the other parts those that changed; compared where both sides tell them."""
    parts = []
    for number, (before, after) in enumerate(zip_longest(old.messages, new.messages), start=1):
        title = _both(before[0] if before else "", after[0] if after else "")
        part = _part(title, before[1] if before else "", after[1] if after else "")
        parts.append(replace(part, message=number))
    for title in [name for name in new.others if name in old.others]:
        part = _part(title, old.others[title], new.others[title])
        if part.lines:
            parts.append(part)
    return parts


def changed_lines(parts: list[Part] | None) -> int:
    """How many lines differ over all parts."""
    return sum(part.lines for part in parts or [])


def _part(title: str, old: str, new: str) -> Part:
    rows = [row for row in diff_lines(old, new) if old or new]
    return Part(title, rows, sum(row.kind != "equal" for row in rows))


def _both(before: str, after: str) -> str:
    return after if before == after or not before else before if not after else f"{before}, now {after}"


def _titled(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(str(message.get("role", "")).capitalize(), _told(message)) for message in messages]


def _told(message: dict[str, Any]) -> str:
    """The text, and a line for each image or file: whoever signs must see that one came or went."""
    told = str(message.get("content", message.get("name", "")))
    return "\n".join([told, *(f"[{line}]" for line in written(message.get("attachments", [])))])


def _typed(text: str) -> str:
    try:
        return _pretty(json.loads(text)) if text.strip() else ""
    except (ValueError, RecursionError):
        return text


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) if value else ""
