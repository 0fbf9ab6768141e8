"""One entry of the trail as a line of a file. Pure: knows neither the database nor HTTP."""

import csv
import io
import json
from collections.abc import Callable, Mapping

from audits.exports.ocsf import ocsf_event

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
"""The columns by name, ``uuid`` and ``address``: ``position`` a number, ``payload`` a mapping, else text."""

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


def cells(row: Row) -> tuple[object, ...]:
    """The row as a table has it: texts and the position, the payload as compact JSON."""
    payload = json.dumps(row["payload"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return tuple(payload if name == "payload" else row[name] for name in COLUMNS)


def _csv_row(row: Row) -> str:
    return csv_line(cells(row))


def _jsonl_row(row: Row) -> str:
    return _json({name: row[name] for name in COLUMNS})


def _ocsf_row(row: Row) -> str:
    return _json(ocsf_event(row))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


LINES: dict[str, tuple[str, Callable[[Row], str]]] = {
    "csv": (csv_line(COLUMNS), _csv_row),
    "jsonl": ("", _jsonl_row),
    "ocsf": ("", _ocsf_row),
}
"""Formats of one line to an entry: what stands before the first, and how an entry is written."""

FORMATS: dict[str, tuple[str, str, str]] = {
    "csv": ("CSV", "text/csv; charset=utf-8", "csv"),
    "jsonl": ("JSON Lines", "application/x-ndjson; charset=utf-8", "jsonl"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ocsf": ("OCSF, for a SIEM", "application/x-ndjson; charset=utf-8", "ocsf.jsonl"),
    "bundle": ("Signed bundle", "application/zip", "zip"),
}
"""Every format of the trail: what it is called, its media type, and how a file's name ends."""
