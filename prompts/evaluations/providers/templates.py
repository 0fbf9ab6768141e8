"""A generic HTTP provider as its parameters describe it: what is sent, and where the answer stands. Pure.

``{"headers": {"X-Key": "{{key}}"}, "body": {"text": "{{prompt}}"}, "output": "data.0.text"}`` and ``method``.
A text that is nothing but a placeholder becomes its value, such as the list of messages. Paths are names and
numbers with dots between, counted from 0; ``input_tokens``, ``output_tokens``, ``answered_by`` and
``finish_reason`` may name paths too. Of a key that is a JSON object ``{{key.name}}`` is one part.
"""

import re
from typing import Any
from urllib.parse import quote

from prompts.evaluations.providers.keys import PART

PATHS = ("output", "input_tokens", "output_tokens", "answered_by", "finish_reason")
NAMES = {"method", "headers", "body", *PATHS}
PLACEHOLDERS = {"prompt", "messages", "model", "key", "settings"}
PLACEHOLDER = re.compile(r"\{\{\s*(\w+(?:\.\w+)?)\s*\}\}")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
METHODS = {"POST", "PUT", "PATCH", "GET"}
MOST_DEPTH = 20
KEPT_FROM = {"host", "content-length", "transfer-encoding", "connection"}
"""Headers that the client sets and nobody else."""


def template_faults(told: dict[str, Any]) -> str:
    """What is wrong with the description, in words; empty if nothing is."""
    if unknown := sorted(told.keys() - NAMES):
        return f"{unknown[0]} is no part of an HTTP provider; there are {', '.join(sorted(NAMES))}."
    if told.get("method", "POST") not in METHODS:
        return f"method is one of {', '.join(sorted(METHODS))}."
    if words := _header_faults(told.get("headers", {})):
        return words
    for name in PATHS:
        if name in told and not (isinstance(told[name], str) and told[name].strip()):
            return f"{name} is a path such as choices.0.message.content."
    if "output" not in told:
        return "output names where the answer stands, such as choices.0.message.content."
    try:
        used = used_in(told)
    except RecursionError:
        return f"body is nested deeper than {MOST_DEPTH}."
    if unknown := sorted(name for name in used - PLACEHOLDERS if not name.startswith(PART)):
        return f"There is no placeholder {unknown[0]!r}; there are {', '.join(sorted(PLACEHOLDERS))}."
    if not used & {"prompt", "messages"}:
        return "body holds {{prompt}} or {{messages}}, or nothing would be asked."
    return ""


def _header_faults(headers: Any) -> str:
    if not isinstance(headers, dict):
        return "headers is an object."
    for name, value in headers.items():
        if not HEADER.fullmatch(name) or name.lower() in KEPT_FROM:
            return f"{name[:60]!r} is no header to set."
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            return f"The header {name} is one line of plain characters."
    return ""


def used_in(told: dict[str, Any]) -> set[str]:
    """The placeholders of body and headers; raises ``RecursionError`` for what is nested too deep."""
    return {*_used(told.get("body")), *_used(told.get("headers", {}))}


def _used(value: Any, depth: int = 0) -> list[str]:
    if depth > MOST_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        return PLACEHOLDER.findall(value)
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [name for part in parts for name in _used(part, depth + 1)]


def filled(value: Any, known: dict[str, Any]) -> Any:
    """The template with its placeholders replaced, all the way down."""
    if isinstance(value, str):
        if alone := PLACEHOLDER.fullmatch(value.strip()):
            return known.get(alone[1], "")
        return PLACEHOLDER.sub(lambda found: str(known.get(found[1], "")), value)
    if isinstance(value, list):
        return [filled(part, known) for part in value]
    if isinstance(value, dict):
        return {name: filled(part, known) for name, part in value.items()}
    return value


def filled_address(url: str, known: dict[str, Any]) -> str:
    """The address with its placeholders replaced, written as addresses write them."""
    return PLACEHOLDER.sub(lambda found: quote(str(known.get(found[1], "")), safe=""), url)


def found_at(document: Any, path: str) -> Any:
    """The value at a path; None where there is none."""
    for step in path.split("."):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document
