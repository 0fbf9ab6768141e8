"""What may stand in a prompt: limits and faults of texts, messages, JSON and tags.

Pure. Every check returns the value unchanged, byte for byte, or raises ``Unacceptable`` naming the field.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from audits.identity.errors import Unacceptable
from prompts.registry.attachments import check_attachments, templates_of

LONGEST_TEXT = 1_000_000
"""Characters in one message, and in all messages of a version together."""
LONGEST_NOTE = 20_000
LONGEST_JSON = 200_000
DEEPEST_JSON = 40
MOST_MESSAGES = 500
MOST_TAGS = 50
LONGEST_TAG = 60
LARGEST_NUMBER = 2**53 - 1
ROLES = ("system", "developer", "user", "assistant", "model", "tool")
_PLACEHOLDER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")


def check_text(value: object, field: str, *, longest: int = LONGEST_NOTE, required: bool = False) -> str:
    """A text without NUL and lone surrogates, of at most ``longest`` characters."""
    try:
        return _check_text(value, field, longest, required)
    except Unacceptable as fault:
        # messages[3].content: the message tells the place, programs get the field that was sent.
        fault.field = field.partition("[")[0]
        raise


def _check_text(value: object, field: str, longest: int, required: bool) -> str:
    if not isinstance(value, str):
        raise Unacceptable(f"{field} must be text.", field=field)
    if len(value) > longest:
        raise Unacceptable(f"{field} has {len(value):,} characters; {longest:,} are the most.", field=field)
    if "\x00" in value:
        raise Unacceptable(f"{field} holds a NUL character at {value.index(chr(0)):,}.", field=field)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Unacceptable(
            f"{field} holds half a character (a lone surrogate) at {error.start:,}.", field=field
        ) from None
    if required and not value.strip():
        raise Unacceptable(f"{field} is empty.", field=field)
    return value


def check_choice(value: object, field: str, choices: Sequence[str]) -> str:
    """One of ``choices``."""
    if not isinstance(value, str) or value not in choices:
        raise Unacceptable(f"{field} is one of {', '.join(choices)}, not {str(value)[:60]!r}.", field=field)
    return value


def check_messages(value: object, kind: str) -> list[dict[str, Any]]:
    """The messages of a version of that kind (text, chat, fragment).

    A text prompt and a fragment have exactly one, with the role ``text``; a chat has ``{"role", "content"}``
    and placeholders ``{"role": "placeholder", "name"}``; its messages may have images and files
    (attachments.py).
    """
    if not isinstance(value, list) or not value:
        raise Unacceptable("messages is empty; a prompt has at least one message.", field="messages")
    if len(value) > MOST_MESSAGES:
        raise Unacceptable(
            f"messages has {len(value)} entries; {MOST_MESSAGES} are the most.", field="messages"
        )
    if kind != "chat" and len(value) != 1:
        raise Unacceptable(f"A {kind} prompt has exactly one message.", field="messages")
    allowed = (*ROLES, "placeholder") if kind == "chat" else ("text",)
    checked = [
        _check_message(message, f"messages[{number}]", allowed) for number, message in enumerate(value)
    ]
    total = sum(len(text) for message in checked for text in templates_of(message))
    if total > LONGEST_TEXT:
        raise Unacceptable(
            f"All messages have {total:,} characters; {LONGEST_TEXT:,} are the most.", field="messages"
        )
    return checked


def _check_message(message: object, field: str, allowed: Sequence[str]) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise Unacceptable(f"{field} must be an object with role and content.", field=field)
    role = check_choice(message.get("role"), f"{field}.role", allowed)
    wanted = {"role", "name"} if role == "placeholder" else {"role", "content"}
    if role not in {"placeholder", "text"} and isinstance(message.get("attachments"), list):
        wanted |= {"attachments"}
    if unknown := sorted(str(key)[:60] for key in message if key not in wanted):
        raise Unacceptable(f"{field} may not have {unknown[0]!r}.", field=field)
    if role == "placeholder":
        name = message.get("name")
        if not isinstance(name, str) or not _PLACEHOLDER.fullmatch(name):
            raise Unacceptable(
                f"{field}.name must be a word of letters, digits, _ . and -.", field=f"{field}.name"
            )
        return {"role": role, "name": name}
    attachments = message.get("attachments") or []
    content = check_text(
        message.get("content"), f"{field}.content", longest=LONGEST_TEXT, required=not attachments
    )
    if not attachments:
        return {"role": role, "content": content}
    checked = check_attachments(attachments, f"{field}.attachments")
    return {"role": role, "content": content, "attachments": checked}


def check_json(value: object, field: str, wanted: type) -> Any:
    """JSON of the wanted outer type (dict or list) within limits of depth and size."""
    if not isinstance(value, wanted):
        raise Unacceptable(f"{field} must be {'an object' if wanted is dict else 'a list'}.", field=field)
    waiting: list[tuple[Any, int]] = [(value, 1)]
    seen, most = 0, 2
    while waiting:
        item, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST_JSON:
            raise Unacceptable(f"{field} is nested more than {DEEPEST_JSON} deep.", field=field)
        if seen > LONGEST_JSON:
            raise Unacceptable(f"{field} has more than {LONGEST_JSON:,} values.", field=field)
        if isinstance(item, dict):
            for key, inner in item.items():
                check_text(key, f"a key in {field}", longest=1_000)
                most += 6 * len(key)
                waiting.append((inner, depth + 1))
        elif isinstance(item, list | tuple):
            waiting.extend((inner, depth + 1) for inner in item)
        else:
            _check_scalar(item, field)
            most += 6 * len(item) if isinstance(item, str) else 0
    # A character is six of JSON at the most, all else of a value takes less than forty: most need no writing.
    if most + 40 * seen > LONGEST_JSON and len(json.dumps(value, ensure_ascii=False)) > LONGEST_JSON:
        raise Unacceptable(f"{field} has more than {LONGEST_JSON:,} characters of JSON.", field=field)
    return value


def _check_scalar(item: object, field: str) -> None:
    if isinstance(item, str):
        check_text(item, field, longest=LONGEST_JSON)
    elif isinstance(item, float) and (item != item or item in (float("inf"), float("-inf"))):
        raise Unacceptable(f"{field} holds {item}, which is no JSON number.", field=field)
    elif isinstance(item, int | float) and abs(item) > LARGEST_NUMBER:
        # PostgreSQL gives 1e300 back as an integer, and beyond 2^53 an integer is not exact everywhere.
        raise Unacceptable(f"{field} holds a number beyond 2^53; write it as text.", field=field)
    elif item is not None and not isinstance(item, bool | int | float):
        raise Unacceptable(f"{field} holds a value that JSON does not know.", field=field)


def check_schema(value: object, field: str) -> dict[str, Any]:
    """An object that is a valid JSON Schema (2020-12); an empty one allows everything."""
    schema: dict[str, Any] = check_json(value, field, dict)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = "/".join(str(part) for part in error.absolute_path) or "the top"
        raise Unacceptable(
            f"{field} is no JSON Schema: {error.message[:200]} (at {place}).", field=field
        ) from None
    return schema


def check_tools(value: object) -> list[dict[str, Any]]:
    """Tools as OpenAI or Anthropic write them: objects with a name, and a JSON Schema of what they take."""
    tools: list[Any] = check_json(value, "tools", list)
    for number, tool in enumerate(tools, start=1):
        told = tool.get("function", tool) if isinstance(tool, dict) else None
        if not isinstance(told, dict) or not isinstance(told.get("name", told.get("type")), str):
            raise Unacceptable(f"Tool {number} is no object with a name.", field="tools")
        for field in ("parameters", "input_schema"):
            if field not in told:
                continue
            try:
                check_schema(told[field], f"{field} of tool {number}")
            except Unacceptable as fault:
                fault.field = "tools"
                raise
    return tools


def check_tags(value: object, field: str = "tags") -> list[str]:
    """A list of short words, in order, each once."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise Unacceptable(f"{field} must be a list of words.", field=field)
    if len(value) > MOST_TAGS:
        raise Unacceptable(f"{field} has {len(value)} entries; {MOST_TAGS} are the most.", field=field)
    tags = [check_text(tag, field, longest=LONGEST_TAG, required=True).strip() for tag in value]
    return list(dict.fromkeys(tags))


def check_known(changes: Mapping[str, Any], known: Sequence[str]) -> None:
    """Every key of ``changes`` is one of ``known``."""
    if unknown := sorted(str(key)[:60] for key in changes if key not in known):
        raise Unacceptable(
            f"There is no field {unknown[0]!r}; there are {', '.join(known)}.", field=unknown[0]
        )
