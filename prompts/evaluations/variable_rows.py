"""Variables of a case as rows of name and text, and back again. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audits.identity.errors import Unacceptable


@dataclass(frozen=True, slots=True)
class Row:
    """One variable as typed."""

    name: str = ""
    value: str = ""

    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.name.strip() or self.value.strip())


def split(variables: dict[str, Any]) -> tuple[list[Row], dict[str, Any]]:
    """The texts as rows, and the values that only JSON can say. What a row says reads back the same."""
    texts = {
        name: value
        for name, value in variables.items()
        if isinstance(value, str) and "\r" not in value and name == name.strip() != ""
    }
    rest = {name: value for name, value in variables.items() if name not in texts}
    return [Row(name, value) for name, value in texts.items()], rest


def texts_of(rows: Iterable[Row]) -> dict[str, str]:
    """The variables that rows say; raises ``Unacceptable`` naming the row, counted from 1."""
    found: dict[str, str] = {}
    for place, row in enumerate(rows, start=1):
        if row.is_empty():
            continue
        name = row.name.strip()
        if not name:
            raise Unacceptable(f"Row {place}: name the variable.", field="texts")
        if name in found:
            raise Unacceptable(f"Row {place}: {name[:60]} stands in a row above already.", field="texts")
        found[name] = row.value.replace("\r\n", "\n")
    return found
