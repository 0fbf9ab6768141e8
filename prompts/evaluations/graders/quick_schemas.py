"""JSON Schemas that are checked at once, since their cost is that of schema times document.

Without references each part of a schema looks at each part of a document once at most. Patterns, formats
with patterns, and whatever compares all items with each other are left to the slow lane.
"""

from typing import Any

MOST_STEPS = 50_000
"""Parts of the schema times parts of the document: some hundredths of a second."""
DEEPEST = 40
PLAIN = {
    "type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "title",
    "description", "default", "examples",
}  # fmt: skip
INSIDE = {"items", "additionalItems", "additionalProperties", "not", "contains", "if", "then", "else"}
LISTS = {"allOf", "anyOf", "oneOf"}


class _Slow(Exception):
    """There is something in it whose cost is not known."""


def faults(schema: Any, document: Any) -> list[str] | None:
    """What the schema has against the document; None where that may take long, or the schema is none."""
    try:
        if _schema(schema, 0) * _parts(document, 0) > MOST_STEPS:
            return None
    except _Slow:
        return None
    from prompts.evaluations.graders.slow import slow_schemas

    try:
        return slow_schemas.answer({"schema": schema, "document": document})
    except Exception:  # noqa: BLE001  the slow lane says what is wrong with it
        return None


def _parts(value: Any, depth: int) -> int:
    """How many values there are in it; a text counts more if it is long."""
    if depth > DEEPEST:
        raise _Slow
    if isinstance(value, dict):
        return 1 + sum(_parts(one, depth + 1) for one in value.values())
    if isinstance(value, list):
        return 1 + sum(_parts(one, depth + 1) for one in value)
    return 1 + len(value) // 1_000 if isinstance(value, str) else 1


def _schema(schema: Any, depth: int) -> int:
    """How many parts a schema has."""
    if isinstance(schema, bool):
        return 1
    if not isinstance(schema, dict) or depth > DEEPEST:
        raise _Slow
    size = 1
    for name, told in schema.items():
        if name in PLAIN:
            size += _parts(told, depth)
        elif name in INSIDE and not isinstance(told, list):
            size += _schema(told, depth + 1)
        elif name == "properties" and isinstance(told, dict):
            size += sum(_schema(one, depth + 1) for one in told.values())
        elif (name in LISTS or name == "items") and isinstance(told, list):
            size += sum(_schema(one, depth + 1) for one in told)
        else:
            raise _Slow
    return size
