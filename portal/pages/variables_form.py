"""The part of the editor's form about variables: a row for each, and the whole schema as JSON for experts.

Where somebody changed the JSON, it counts; otherwise the rows change the schema that the form started from.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from audits.identity.errors import Unacceptable
from prompts.registry.variable_schema import TYPES, VariableRow, rows_of, sample_value, with_rows

MOST_ROWS = 100
"""Rows that are shown and read; a text with more variables has them in the JSON."""


@dataclass(frozen=True, slots=True)
class VariablesForm:
    """``seen`` is the schema that the form started from, ``typed`` what stands in it, both as JSON."""

    seen: str
    typed: str
    posted: Mapping[str, VariableRow]

    @classmethod
    def of_schema(cls, schema: Mapping[str, Any]) -> "VariablesForm":
        """The form that shows a schema."""
        text = json.dumps(schema, indent=2, ensure_ascii=False) if schema else ""
        return cls(text, text, {})

    @classmethod
    def of_post(cls, data: QueryDict, stored: Mapping[str, Any]) -> "VariablesForm":
        """The form as it was sent; one without these fields leaves the stored schema alone."""
        start = cls.of_schema(stored).seen
        seen = _lines(str(data.get("schema_seen", start)))
        names = [key.partition(":")[2] for key in data if key.startswith(("type:", "sample:"))]
        known = {row.name: row for row in rows_of(_read_or_empty(seen), [])}
        rows = {
            name: _row(data, name, known.get(name, VariableRow(name)))
            for name in list(dict.fromkeys(names))[:MOST_ROWS]
        }
        return cls(seen, _lines(str(data.get("schema", seen))), rows)

    @property
    def is_typed(self) -> bool:
        """Whether somebody changed the JSON."""
        return self.typed.strip() != self.seen.strip()

    def schema(self) -> dict[str, Any]:
        """The schema that the form means; raises ``Unacceptable`` for no JSON and for a wrong sample."""
        if self.is_typed:
            return _read(self.typed)
        return with_rows(_read(self.seen), self.posted.values())

    def schema_or_start(self) -> dict[str, Any]:
        """The same, or while it has a fault the schema that the form started from."""
        try:
            return self.schema()
        except Unacceptable:
            return _read_or_empty(self.seen)

    def rows(self, names: Iterable[str]) -> list[VariableRow]:
        """What is shown: a row for each variable of the text and of the schema, as somebody left it."""
        rows = rows_of(self.schema_or_start(), names)[:MOST_ROWS]
        return rows if self.is_typed else [self.posted.get(row.name, row) for row in rows]

    def values(self, names: Iterable[str]) -> dict[str, Any]:
        """A value for each variable: its sample, or its own name in brackets."""
        values: dict[str, Any] = {name: f"[{name}]" for name in names}
        for row in [*rows_of(self.schema_or_start(), []), *self.posted.values()]:
            if row.sample:
                values[row.name] = _value(row)
        return values


def _row(data: QueryDict, name: str, before: VariableRow) -> VariableRow:
    sent = f"type:{name}" in data
    kind = str(data.get(f"type:{name}", before.type))
    return VariableRow(
        name=name,
        type=kind if kind in TYPES else before.type,
        required=f"required:{name}" in data if sent else before.required,
        description=_lines(str(data.get(f"describe:{name}", before.description))),
        sample=_lines(str(data.get(f"sample:{name}", before.sample))),
    )


def _value(row: VariableRow) -> Any:
    try:
        return sample_value(row)
    except Unacceptable:
        return row.sample


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Unacceptable(f"The schema of the variables is no JSON: {error}", field="variables") from None
    if not isinstance(read, dict):
        raise Unacceptable("The schema of the variables is a JSON object.", field="variables")
    return read


def _read_or_empty(text: str) -> dict[str, Any]:
    try:
        return _read(text)
    except Unacceptable:
        return {}
