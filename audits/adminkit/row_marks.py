"""The digest of a row as it is stored, the same on SQLite and PostgreSQL.

A mark is the SHA-256 (base64url, 43 characters) over table, columns, key and values as JSON, and after it two
characters for each column, by which a column that differs is named. The mark of a row that is gone is ``-``.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field

from audits.adminkit.noting import Rows
from audits.adminkit.recorded import RecordedTable

Told = dict[str, dict[str, Any]]
"""``{"registry_prompt": {"columns": shape, "marks": {"12": mark}}}``; in entries ``salted`` for ``marks``.

Where rows are told again after an erasure, ``"again": {"12": 7}`` says which entry told of them.
"""
GONE = "-"
MOST = 40_000
"""Bytes of marks in one entry, which holds 64 KiB at the most."""
DIGEST = 43
PIECE = 500
LOWEST = -(2**63)
"""The lowest key that a database takes: whoever slips a row in chooses its key."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PAIRS = [_LETTERS[hint & 63] + _LETTERS[hint >> 6] for hint in range(4096)]
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii
"""What the encoder writes of a text."""


def in_pieces(rows: Rows) -> list[Told]:
    """The marks of these rows, as they stand in the bodies of entries: each piece is as much as one holds."""
    pieces: list[Told] = []
    room = 0
    for table in sorted(rows, key=lambda table: table.name):
        for key, mark in _marks(table, rows[table]):
            if room <= 0:
                pieces.append({})
                room = MOST
            told = pieces[-1].setdefault(table.name, {"columns": table.shape, "marks": {}})
            told["marks"][key] = mark
            room -= len(key) + len(mark) + 6
    return pieces


def _marks(table: RecordedTable, rows: Mapping[Any, str | None]) -> Iterator[tuple[str, str]]:
    """By key; only what is not known yet is asked for."""
    asked = marks_of(table, [key for key, mark in rows.items() if mark is None])
    return ((str(key), rows[key] or asked[str(key)]) for key in sorted(rows))


def salted(told: Told, salt: str) -> Told:
    """The same for an entry with this salt; see ``salt_mark``."""
    return {
        name: {
            **{part: held for part, held in one.items() if part != "marks"},
            "salted": {key: salt_mark(mark, salt, name, key) for key, mark in one["marks"].items()},
        }
        for name, one in told.items()
    }


def salt_mark(mark: str, salt: str, table: str, key: str) -> str:
    """The mark under a stream of bits (SHAKE-256, FIPS 202) that only the salt (hexadecimal) gives.

    With the salt a mark of another row or of other values is found; once the salt is erased, what was stored
    is like bits drawn at random, and nobody can try values against it. Columns that differ still show, since
    each keeps its characters. That a row is gone is no secret.
    """
    if mark == GONE:
        return mark
    room = len(mark) + -len(mark) % 4
    bits = base64.urlsafe_b64decode(mark.ljust(room, "A"))
    stream = hashlib.shake_256(f"{salt} {table} {key}".encode()).digest(len(bits))
    both = int.from_bytes(bits) ^ int.from_bytes(stream)
    return base64.urlsafe_b64encode(both.to_bytes(len(bits)))[: len(mark)].decode()


def marks_of(table: RecordedTable, keys: Iterable[Any]) -> dict[str, str]:
    """The marks of these rows by key as text; one query for each 500."""
    wanted = sorted(keys)
    found = {str(key): GONE for key in wanted}
    quote, names = connection.ops.quote_name, selected(table, connection.vendor)
    for start in range(0, len(wanted), PIECE):
        piece = wanted[start : start + PIECE]
        places = ", ".join(["%s"] * len(piece))
        key = quote(table.key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {names} FROM {quote(table.name)} WHERE {key} IN ({places})",  # noqa: S608
                piece,
            )
            found |= {str(row[0]): mark_of(table, row) for row in cursor.fetchall()}
    return found


def all_marks(table: RecordedTable, column: str = "", value: Any = None) -> Iterator[tuple[Any, str]]:
    """Key and mark of every row, or of those with this value in a column, by key."""
    return ((row[0], mark_of(table, row)) for row in _rows(table, column, value))


def _rows(table: RecordedTable, column: str, value: Any) -> Iterator[Sequence[Any]]:
    quote, names, last = connection.ops.quote_name, selected(table, connection.vendor), LOWEST
    key, beyond = quote(table.key), ">="
    among = f"AND {quote(column)} = %s" if column else ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {names} FROM {quote(table.name)} "  # noqa: S608  names of tables and columns only
                f"WHERE {key} {beyond} %s {among} ORDER BY {key} LIMIT {PIECE}",
                [last, value] if column else [last],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < PIECE:
            return
        last, beyond = rows[-1][0], ">"


def digest_of_rows(table: RecordedTable, column: str, value: Any) -> str:
    """One digest (43 characters) over those of all rows with this value in an indexed column, by key."""
    digest = hashlib.sha256()
    for row in _rows(table, column, value):
        digest.update(f"{row[0]} {_digest(table, row, _parts(table, row))}\n".encode())
    return base64.urlsafe_b64encode(digest.digest())[:DIGEST].decode()


def mark_of(table: RecordedTable, row: Sequence[Any]) -> str:
    """The mark of a row as it was selected: its key, then its columns."""
    parts = _parts(table, row)
    return _digest(table, row, parts) + "".join([_PAIRS[zlib.crc32(part.encode()) & 4095] for part in parts])


def _digest(table: RecordedTable, row: Sequence[Any], parts: list[str]) -> str:
    told = f"{_about(table)}{json.dumps(str(row[0]))}][{','.join(parts)}]"
    return base64.urlsafe_b64encode(hashlib.sha256(told.encode()).digest())[:DIGEST].decode()


@cache
def _about(table: RecordedTable) -> str:
    """The start of what is digested: table and columns, and room for the key."""
    return _encode([table.name, table.columns])[:-1] + ","


def _parts(table: RecordedTable, row: Sequence[Any]) -> list[str]:
    """The values of a row, each as JSON."""
    parts = [
        "null" if raw is None else write(raw) for write, raw in zip(_writers(table), row[1:], strict=True)
    ]
    if (settled := table.settled) and row[1 + table.columns.index(settled.column)] not in settled.values:
        unsettled = {*settled.progress, settled.column}
        return [
            "null" if name in unsettled else part for name, part in zip(table.columns, parts, strict=True)
        ]
    return parts


def column_that_differs(table: RecordedTable, one: str, other: str) -> str:
    """The first column whose characters differ in two marks; empty where only the digests do."""
    for at, column in enumerate(table.columns):
        start = DIGEST + 2 * at
        if one[start : start + 2] != other[start : start + 2]:
            return column
    return ""


@cache
def selected(table: RecordedTable, vendor: str) -> str:
    """What ``mark_of`` wants to have selected.

    SQLite hands out a column as its declared type says, an expression as it is stored.
    """
    bare = "+" if vendor == "sqlite" else ""
    names = [table.key, *table.columns]
    return ", ".join(f"{bare}{connection.ops.quote_name(name)}" for name in names)


@cache
def _writers(table: RecordedTable) -> list[Callable[[Any], str]]:
    return [_writer(field) for field in table.fields]


def _writer(field: Field) -> Callable[[Any], str]:
    """What writes a stored value of that field as JSON."""
    while field.is_relation:
        field = field.target_field  # type: ignore[attr-defined]
    kind = field.get_internal_type()
    if kind == "DecimalField":
        quantum = Decimal(1).scaleb(-field.decimal_places)  # type: ignore[attr-defined]
        return partial(_guarded, partial(_decimal, quantum))
    read = _READERS.get(kind)
    return _plain if read is None else partial(_guarded, read)


def _guarded(read: Callable[[Any], Any], raw: Any) -> str:
    """What cannot be read stays visible as what it is: SQLite takes any text in any column."""
    try:
        value = read(raw)
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        value = {"unreadable": repr(raw)}
    return _quoted(value) if type(value) is str else _encode(value)


def _plain(raw: Any) -> str:
    """Most values are text and integers, and the encoder takes its time with single ones."""
    kind = type(raw)
    if kind is str:
        return _quoted(raw)
    return str(raw) if kind is int else _guarded(_as_it_is, raw)


def _as_it_is(raw: Any) -> Any:
    if isinstance(raw, bool):
        return int(raw)
    if isinstance(raw, int | str):
        return raw
    raise ValueError


def _decimal(quantum: Decimal, raw: Any) -> str:
    value = Decimal(repr(raw) if isinstance(raw, float) else raw)
    return format(value.quantize(quantum), "f")


def _moment(raw: Any) -> str:
    moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds")


def _json(raw: Any) -> Any:
    """In a list, so that no text is mistaken for what could not be read."""
    return [_decode(raw)]


def _number(text: str) -> int | float:
    """PostgreSQL writes 1e22 as an integer, SQLite keeps what was written."""
    value = float(text)
    return int(value) if value.is_integer() else value


_decode = json.JSONDecoder(parse_float=_number).decode
_READERS: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": _moment,
    "JSONField": _json,
    "UUIDField": lambda raw: UUID(str(raw)).hex,
    "FloatField": lambda raw: repr(float(raw)),
    "BinaryField": lambda raw: bytes(raw).hex(),
    "DateField": str,
    "TimeField": str,
}
