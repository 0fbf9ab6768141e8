"""One entry of the trail as a line of a file. Pure: knows neither the database nor HTTP."""

import csv
import io
import json
from collections.abc import Callable, Mapping

COLUMNS = (
    "position",
    "time",
    "event",
    "actor_type",
    "actor",
    "role",
    "subject_type",
    "subject",
    "reason",
    "request_id",
    "payload",
    "leaf_hash",
)
Row = Mapping[str, object]
"""The columns by name: ``position`` an integer, ``payload`` a mapping, all others text."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a spreadsheet takes a cell for a formula (OWASP, CSV Injection); the last are full-width."""


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet computes: an apostrophe is set before what starts a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_line(values: tuple[object, ...]) -> str:
    """RFC 4180: quoted where needed, ended by CR LF; texts are neutralised, numbers are not."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([neutral(value) if isinstance(value, str) else value for value in values])
    return out.getvalue()


def _csv_row(row: Row) -> str:
    payload = json.dumps(row["payload"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return csv_line(tuple(payload if name == "payload" else row[name] for name in COLUMNS))


def _jsonl_row(row: Row) -> str:
    ordered = {name: row[name] for name in COLUMNS}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")) + "\n"


FORMATS: dict[str, tuple[str, str, Callable[[Row], str]]] = {
    "csv": ("text/csv; charset=utf-8", csv_line(COLUMNS), _csv_row),
    "jsonl": ("application/x-ndjson; charset=utf-8", "", _jsonl_row),
}
"""By name: the media type, what stands before the first row, and how a row is written."""
