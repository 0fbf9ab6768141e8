"""Values with filters, conditions or loops: Jinja2 in its sandbox, printing as JavaScript prints."""

import functools
import json
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 4_000_000


def _whole(value: Any) -> Any:
    """Numbers without a fraction are whole,
    all the way down: there is but one kind of number in JavaScript."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return {key: _whole(item) for key, item in value.items()} if isinstance(value, dict) else value


def _printed(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(_printed(item)) for item in value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict) else value


def _dump(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))


@functools.lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    found = ImmutableSandboxedEnvironment(autoescape=False, keep_trailing_newline=True, finalize=_printed)
    found.filters |= {"dump": _dump, "load": json.loads}
    return found


def answer(question: dict[str, Any]) -> str:
    """The text filled in."""
    pieces, length = [], 0
    for piece in _environment().from_string(question["text"]).generate(_whole(question["vars"])):
        length += len(piece)
        if length > LONGEST:
            raise ValueError(f"it becomes longer than {LONGEST:,} characters")
        pieces.append(piece)
    return "".join(pieces)
