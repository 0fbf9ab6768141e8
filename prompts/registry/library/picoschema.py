"""Picoschema, in which ``.prompt`` files declare variables, as JSON Schema.

Written after https://google.github.io/dotprompt/reference/picoschema/: ``name?: type, description`` where a
question mark makes a field optional and nullable, ``name(array, what it is): item``, ``name(object)``,
``name(enum)``, and ``(*)`` for all other fields.
"""

from collections.abc import Mapping
from typing import Any

SCALARS = ("string", "number", "integer", "boolean", "null", "any")
JSON_TYPES = (*SCALARS, "object", "array")
OTHERS = "(*)"


def json_schema(told: Any) -> dict[str, Any]:
    """The JSON Schema of a picoschema; a JSON Schema is given back as it is.

    Raises ``ValueError`` for what is neither, and for a schema that is only named.
    """
    if isinstance(told, Mapping):
        if told.get("type") in JSON_TYPES:
            return dict(told)
        if isinstance(told.get("properties"), Mapping):
            return {"type": "object", **told}
    return _read(told)


def _read(told: Any) -> dict[str, Any]:
    if isinstance(told, str):
        return _scalar(told)
    if not isinstance(told, Mapping):
        raise ValueError(f"{str(told)[:60]!r} is no schema")
    schema: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    required = []
    for key, value in told.items():
        if key == OTHERS:
            schema["additionalProperties"] = _read(value)
            continue
        head, bracket, rest = str(key).partition("(")
        name = head.removesuffix("?")
        optional = head.endswith("?")
        if not optional:
            required.append(name)
        schema["properties"][name] = _field(rest.removesuffix(")") if bracket else "", value, optional)
    return {**schema, "required": required} if required else schema


def _scalar(told: str) -> dict[str, Any]:
    kind, description = _parted(told)
    if kind not in SCALARS:
        raise ValueError(f"{kind[:60]!r} names a schema that is not in the file")
    schema = {} if kind == "any" else {"type": kind}
    return {**schema, "description": description} if description else schema


def _field(brackets: str, value: Any, optional: bool) -> dict[str, Any]:
    kind, description = _parted(brackets)
    if not kind:
        schema = _read(value)
    elif kind == "array":
        schema = {"type": "array", "items": _read(value)}
    elif kind == "object":
        schema = _read(value)
    elif kind == "enum" and isinstance(value, list):
        schema = {"enum": list(value)}
    else:
        raise ValueError(f"({kind[:60]}) is not array, object or enum")
    if description:
        schema["description"] = description
    if optional and "enum" in schema and None not in schema["enum"]:
        schema["enum"].append(None)
    if optional and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    return schema


def _parted(told: str) -> tuple[str, str]:
    kind, _, description = told.partition(",")
    return kind.strip(), description.strip()
