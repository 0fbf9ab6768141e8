"""Putting pinned fragments into a text, as they were when it was frozen."""

import re
from typing import Any

from audits.identity.errors import Conflict
from prompts.registry.fragments import texts_of
from prompts.registry.inclusion import DEEPEST, LARGEST
from prompts.serving.selectors.hot import Served

INCLUDED = {
    "mustache": re.compile(r"\{\{>\s*([^\s{}]+)\s*\}\}"),
    "handlebars": re.compile(r"\{\{>\s*([^\s{}]+)\s*\}\}"),
    "jinja2": re.compile(r"""\{%-?\s*include\s+["']([^"']+)["']\s*-?%\}"""),
}


def resolved(found: Served) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(messages with their fragments put in, the graph of what was put in); one query.

    A version's pins name nested fragments as well; a name without a pin is left as it stands. Raises
    ``Conflict`` where the whole is too large.
    """
    pins = [(str(pin["name"]), int(pin["version"])) for pin in found.fragments]
    texts = load(pins, found.messages)
    messages = [
        {**message, "content": fill(message["content"], found.format, texts)}
        if "content" in message
        else message
        for message in found.messages
    ]
    used = [{"name": name, "version": number} for name, number in sorted(pins)]
    return messages, {"root": {"name": found.name, "version": found.number}, "fragments": used}


def load(pins: list[tuple[str, int]], messages: list[dict[str, Any]]) -> dict[str, str]:
    """The texts of these versions, by every reference that the messages and they themselves use."""
    return texts_of([{"name": name, "version": number} for name, number in pins], messages)


def fill(text: str, format: str, texts: dict[str, str]) -> str:
    """``text`` with every pinned inclusion replaced, and those within them; raises ``Conflict``."""
    pattern = INCLUDED.get(format)
    if pattern is None:
        return text
    for _ in range(DEEPEST):
        size = len(text) + sum(len(texts.get(name, "")) for name in pattern.findall(text))
        if size > LARGEST:
            raise Conflict("With its fragments put in, the text is too large; fetch it with resolve=false.")
        filled = pattern.sub(lambda match: texts.get(match[1], match[0]), text)
        if filled == text:
            break
        text = filled
    return text
