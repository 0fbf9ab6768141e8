"""The schema of a version's variables: proposed from the text, and as rows that a form can show. Pure.

It is an ordinary JSON Schema (2020-12) of an object; ``examples`` hold the sample values of previews.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.registry.attachments import templates_of
from prompts.registry.lint.variables import asked_for, declared

TYPES = ("string", "number", "boolean", "array", "object")


@dataclass(frozen=True, slots=True)
class VariableRow:
    """One variable as a form shows it; ``sample`` is text, JSON for every type but string."""

    name: str
    type: str = "string"
    required: bool = False
    description: str = ""
    sample: str = ""


def propose_schema(messages: Iterable[Mapping[str, Any]], format: str) -> dict[str, Any]:
    """A schema with every variable as a required string; placeholders are lists of messages."""
    properties: dict[str, Any] = {}
    for message in messages:
        if message.get("role") == "placeholder":
            properties.setdefault(str(message.get("name")), {"type": "array"})
        for name in (name for text in templates_of(message) for name in asked_for(format, text)):
            properties.setdefault(name, {"type": "string"})
    required = [name for name, schema in properties.items() if schema["type"] == "string"]
    return {"type": "object", "properties": properties, "required": required} if properties else {}


def completed(schema: Mapping[str, Any], proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with what the proposal knows and it does not; what it says already stays."""
    known = declared(schema)
    new = {name: each for name, each in declared(proposed).items() if name not in known}
    if not new:
        return dict(schema)
    required = [*schema.get("required", []), *(name for name in proposed.get("required", []) if name in new)]
    return {"type": "object", **schema, "properties": {**known, **new}, "required": required}


def rows_of(schema: Mapping[str, Any], names: Iterable[str]) -> list[VariableRow]:
    """A row for each of ``names``, then for what the schema declares beside them."""
    known = declared(schema)
    required = schema.get("required", [])
    rows = []
    for name in dict.fromkeys([*names, *known]):
        told = known.get(name)
        told = told if isinstance(told, Mapping) else {}
        kind, examples = told.get("type", "string"), told.get("examples")
        rows.append(
            VariableRow(
                name=name,
                type=kind if kind in TYPES else "number" if kind == "integer" else "string",
                required=name in required,
                description=str(told.get("description", "")),
                sample=_written(examples[0]) if isinstance(examples, list) and examples else "",
            )
        )
    return rows


def with_rows(schema: Mapping[str, Any], rows: Iterable[VariableRow]) -> dict[str, Any]:
    """The schema as the rows have it; what no row tells stays, and rows that tell nothing declare nothing.

    Raises ``Unacceptable`` for a sample that is not of its variable's type.
    """
    before = {row.name: row for row in rows_of(schema, [])}
    changed = {row.name: row for row in rows if row != before.get(row.name, VariableRow(row.name))}
    if not changed:
        return dict(schema)
    properties = declared(schema)
    for name, row in changed.items():
        properties[name] = _property(properties.get(name), row, before.get(name))
    wanted = [name for name in schema.get("required", []) if name not in changed or changed[name].required]
    required = list(dict.fromkeys([*wanted, *(name for name, row in changed.items() if row.required)]))
    others = {key: value for key, value in schema.items() if key not in {"properties", "required"}}
    told = {"type": "object", **others, "properties": properties}
    return {**told, "required": required} if required else told


def _property(stored: Any, row: VariableRow, before: VariableRow | None) -> dict[str, Any]:
    told = dict(stored) if isinstance(stored, Mapping) else {}
    if before is None or row.type != before.type:
        told["type"] = row.type
    told.pop("description", None)
    if row.description.strip():
        told["description"] = row.description.strip()
    if before is None or (row.sample, row.type) != (before.sample, before.type):
        told.pop("examples", None)
        if row.sample:
            told["examples"] = [sample_value(row)]
    return told


def sample_value(row: VariableRow) -> Any:
    """The sample as a value of the row's type; raises ``Unacceptable`` naming the variable."""
    if row.type == "string":
        return row.sample
    wanted = {"number": int | float, "boolean": bool, "array": list, "object": dict}[row.type]
    try:
        value = json.loads(row.sample)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, wanted) or (row.type == "number" and isinstance(value, bool)):
        article = "an" if row.type in {"array", "object"} else "a"
        raise Unacceptable(
            f"The sample of {row.name[:60]} is no {row.type}; write {article} {row.type} as JSON has it.",
            field="variables",
        )
    return value


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
