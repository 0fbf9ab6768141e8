"""A provider's key: one text, or several under names, as a JSON object. Pure."""

import json
from collections.abc import Collection
from urllib.parse import quote

PART = "key."
"""``{{key.gateway}}`` is what a key written as ``{"gateway": "…"}`` has under that name."""


def key_parts(key: str) -> dict[str, str]:
    """The texts of a key that is a JSON object, by their placeholders' names; empty for any other key."""
    if not key.startswith("{"):
        return {}
    try:
        told = json.loads(key)
    except (ValueError, RecursionError):
        return {}
    texts = told.items() if isinstance(told, dict) else ()
    return {f"{PART}{name}": text for name, text in texts if isinstance(text, str)}


def key_fault(key: str, used: Collection[str] = ()) -> str:
    """What is wrong with a key, in words; ``used`` are the parts that settings fill in."""
    parts = key_parts(key)
    if len(key) > 1000 or not all(one.isascii() and one.isprintable() for one in (key, *parts.values())):
        return "A key is one line of plain characters."
    lacking = sorted(set(used) - parts.keys())
    if key and lacking:
        name = lacking[0].removeprefix(PART)
        return f'The settings ask for {{{{{lacking[0]}}}}}: write the key as JSON, such as {{"{name}": "…"}}.'
    return ""


def key_forms(key: str) -> list[str]:
    """Every text that must not be seen: the key and its parts, as they are, in JSON and in an address."""
    plain = [key, *key_parts(key).values()]
    return [form for text in plain for form in (text, json.dumps(text)[1:-1], quote(text, safe=""))]
