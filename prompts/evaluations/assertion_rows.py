"""Assertions as rows that people fill in, and back again. Pure."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.evaluations.assertion_kinds import BY_TYPE, Kind

RANGE = re.compile(r"\s*(\d{0,9})\s*(-?)\s*(\d{0,9})\s*")
FIELDS = {"type", "value", "threshold", "weight", "metric"}


@dataclass(frozen=True, slots=True)
class Row:
    """One assertion as typed; ``turned`` is the ``not-`` in front."""

    kind: str = ""
    value: str = ""
    turned: bool = False
    threshold: str = ""
    weight: str = ""
    metric: str = ""

    def is_empty(self) -> bool:
        """Whether nothing was chosen and nothing written."""
        return not any((self.kind, self.value.strip(), self.threshold.strip(), self.metric.strip()))

    def as_dict(self) -> dict[str, Any]:
        """For the form."""
        return asdict(self)


def _number(raw: str, what: str, place: int) -> float | int:
    try:
        found = float(raw)
        if found != found or abs(found) == float("inf"):
            raise ValueError
    except ValueError:
        raise Unacceptable(f"Row {place}: {raw[:20]!r} is no number for {what}.", field="rows") from None
    return int(found) if found.is_integer() else found


def _range(raw: str, place: int) -> Any:
    found = RANGE.fullmatch(raw)
    if not found or not (found[1] or found[3]) or (found[1] and found[3] and not found[2]):
        raise Unacceptable(f"Row {place}: write a number, or two with a hyphen, such as 20-50.", field="rows")
    if not found[2]:
        return int(found[1])
    return {name: int(part) for name, part in (("min", found[1]), ("max", found[3])) if part}


def _value(kind: Kind, raw: str, place: int) -> Any:
    if kind.shape == "json":
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise Unacceptable(f"Row {place}: this is no JSON.", field="rows") from None
    if kind.shape == "list":
        return [line.strip() for line in raw.splitlines() if line.strip()]
    if kind.shape == "range":
        return _range(raw, place)
    return _number(raw, "this", place) if kind.shape == "number" else raw.replace("\r\n", "\n")


def assertion_of(row: Row, place: int) -> dict[str, Any]:
    """The assertion that a row says; raises ``Unacceptable`` naming the row, counted from 1."""
    kind = BY_TYPE.get(row.kind)
    if kind is None:
        raise Unacceptable(f"Row {place}: choose what must hold of the answer.", field="rows")
    found: dict[str, Any] = {"type": f"not-{row.kind}" if row.turned else row.kind}
    if kind.shape != "none" and row.value.strip():
        found["value"] = _value(kind, row.value, place)
    elif kind.shape == "none" and row.value.strip():
        raise Unacceptable(f"Row {place}: nothing is compared here; leave the text empty.", field="rows")
    elif kind.shape != "none" and not kind.optional:
        raise Unacceptable(f"Row {place}: write what the answer is compared with.", field="rows")
    for name in ("threshold", "weight"):
        if raw := getattr(row, name).strip():
            found[name] = _number(raw, f"the {name}", place)
    if row.kind in {"latency", "cost"} and "threshold" not in found and not row.metric.strip():
        raise Unacceptable(f"Row {place}: write the limit.", field="rows")
    if row.metric.strip():
        found["metric"] = row.metric.strip()
    return found


def _typed(kind: Kind, value: Any) -> str | None:
    """The value as it would be typed; None where a row cannot say it."""
    if kind.shape == "json":
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else None
    if kind.shape == "list":
        value = [value] if isinstance(value, str) else value
        fine = isinstance(value, list) and all(
            isinstance(one, str) and one == one.strip() != "" for one in value
        )
        return "\n".join(value) if fine and not any("\n" in one for one in value) else None
    if kind.shape == "range":
        if (
            isinstance(value, dict)
            and value.keys() <= {"min", "max"}
            and all(type(one) is int for one in value.values())
        ):
            return f"{value.get('min', '')}-{value.get('max', '')}"
        return str(value) if type(value) is int else None
    if kind.shape == "number":
        return str(value) if type(value) in {int, float} else None
    return value if kind.shape == "text" and isinstance(value, str) and value.strip() else None


def row_of(assertion: dict[str, Any]) -> Row | None:
    """The row that says the assertion; None where only JSON can. What a row says reads back the same."""
    told = str(assertion.get("type", ""))
    name = told.removeprefix("not-")
    kind = BY_TYPE.get(name)
    if kind is None or assertion.keys() - FIELDS:
        return None
    value = ""
    if "value" in assertion:
        typed = _typed(kind, assertion["value"])
        if typed is None:
            return None
        value = typed
    numbers = {part: assertion.get(part) for part in ("threshold", "weight")}
    if any(one is not None and type(one) not in {int, float} for one in numbers.values()):
        return None
    row = Row(
        kind=name,
        value=value,
        turned=told != name,
        metric=str(assertion.get("metric") or ""),
        **{part: "" if one is None else str(one) for part, one in numbers.items()},
    )
    try:
        return row if assertion_of(row, 1) == _listed(kind, assertion) else None
    except Unacceptable:
        return None


def _listed(kind: Kind, assertion: dict[str, Any]) -> dict[str, Any]:
    """A single text where a list may stand is a list of one."""
    if kind.shape == "list" and isinstance(assertion.get("value"), str):
        return {**assertion, "value": [assertion["value"]]}
    return assertion


def split(assertions: list[dict[str, Any]]) -> tuple[list[Row], list[dict[str, Any]]]:
    """The assertions as rows, and those that only JSON can say."""
    rows: list[Row] = []
    rest: list[dict[str, Any]] = []
    for assertion in assertions:
        row = row_of(assertion) if isinstance(assertion, dict) else None
        if row is None:
            rest.append(assertion)
        else:
            rows.append(row)
    return rows, rest
