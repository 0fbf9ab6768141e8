"""One entry of the trail as a line of a file. Pure: knows neither the database nor HTTP."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping
from json.encoder import encode_basestring as quoted
from typing import Any
from uuid import UUID

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
FIELDS = (*COLUMNS, "uuid", "address")
Values = tuple[Any, ...]
"""An entry in the order of ``FIELDS``: ``position`` a number, ``payload`` canonical JSON (``null`` where
it is erased), all else text, ``uuid`` perhaps without its dashes. Tuples: to make an object of
each entry would take longer than to write it."""
Row = Mapping[str, object]
"""The same by name, with ``payload`` as a mapping."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a spreadsheet takes a cell for a formula (OWASP, CSV Injection); the last are full-width."""


FORMULA_INSIDE = re.compile("[;\\t\\r\\n](?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet that parts lines at semicolons or tabs would find one: it heeds no quotes there."""


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet computes: an apostrophe is set before what starts a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file that gives back what is written; a csv writer hands it on."""

    def write(self, text: str) -> str:
        return text


_csv_row = csv.writer(_Echo()).writerow


def csv_line(values: Iterable[object]) -> str:
    """RFC 4180: quoted where needed, ended by CR LF; texts are neutralised, numbers are not."""
    cells = [_apart(value) if isinstance(value, str) else value for value in values]
    return _csv_row(cells)  # type: ignore[return-value]  # what the file's write returned


def _apart(text: str) -> str:
    found = f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return FORMULA_INSIDE.sub(r"\g<0>'", found)


def cells(values: Values) -> tuple[object, ...]:
    """The entry as a table has it."""
    return values[: len(COLUMNS)]


def row_of(values: Values) -> Row:
    """The entry by the names of its columns, its payload read."""
    row = dict(zip(FIELDS, values, strict=True))
    return row | {"payload": json.loads(str(row["payload"])), "uuid": str(UUID(str(row["uuid"])))}


def _csv(values: Values) -> str:
    return csv_line(values[:12])


def _jsonl(values: Values) -> str:
    """The payload stands as it was recorded: canonical JSON is JSON."""
    position, time, event, actor_type, actor, role, subject_type, subject, reason, request, payload, leaf = (
        values[:12]
    )
    return (
        f'{{"position":{position},"time":"{time}","event":{quoted(event)},"actor_type":{quoted(actor_type)},'
        f'"actor":{quoted(actor)},"role":{quoted(role)},"subject_type":{quoted(subject_type)},'
        f'"subject":{quoted(subject)},"reason":{quoted(reason)},"request_id":{quoted(request)},'
        f'"payload":{payload},"leaf_hash":"{leaf}"}}\n'
    )


def _ocsf(values: Values) -> str:
    return json.dumps(ocsf_event(row_of(values)), ensure_ascii=False, separators=(",", ":")) + "\n"


LINES: dict[str, tuple[str, Callable[[Values], str]]] = {
    "csv": (csv_line(COLUMNS), _csv),
    "jsonl": ("", _jsonl),
    "ocsf": ("", _ocsf),
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
