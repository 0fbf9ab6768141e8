"""The values that were filled into a template, read back out of what was sent. Pure.

Literal pieces are looked for one after the other, never by a pattern, so that long texts cost no more than
their length. A value is a guess where two variables stand without a word between them: a person looks at it.
"""

import json
import re
from typing import Any

NAME = re.compile(r"\{\{\{?\s*([A-Za-z_]\w*)\s*\}?\}\}")


def recovered(messages: list[dict[str, Any]], sent: str) -> dict[str, str]:
    """Each variable of the messages with its value; empty where the text does not tell it."""
    texts = _contents(sent)
    values: dict[str, str] = {}
    for at, message in enumerate(messages):
        template = message.get("content")
        if isinstance(template, str):
            text = texts[at] if len(texts) == len(messages) else "\n".join(texts)
            values |= {
                name: value for name, value in _matched(template, text).items() if not values.get(name)
            }
    return values


def _contents(sent: str) -> list[str]:
    """The contents of a JSON list of messages, else the whole text."""
    try:
        found = json.loads(sent)
    except (ValueError, RecursionError):
        return [sent]
    found = found.get("messages", found) if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return [sent]
    return [str(one.get("content", "")) for one in found]


def _matched(template: str, text: str) -> dict[str, str]:
    first, *rest = NAME.split(template)
    names, literals = rest[::2], rest[1::2]
    start = text.find(first)
    at = start + len(first) if start >= 0 else -1
    values: dict[str, str] = {}
    for name, literal in zip(names, literals, strict=True):
        end = -1 if at < 0 else text.find(literal, at) if literal else len(text)
        if end >= 0 and name is names[-1] and text.endswith(literal):
            end = max(at, len(text) - len(literal))
        values.setdefault(name, text[at:end] if end >= 0 else "")
        at = end + len(literal) if end >= 0 else -1
    return values
