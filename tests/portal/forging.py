"""How somebody who owns the database would forge rows: plain SQL, past triggers and constraints."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Field

from audits.adminkit.recorded import RecordedTable

TIMES = ("2001-02-03 04:05:06.000007", "2002-02-03 04:05:06.000007")
JSONS = ('{"forged": 1}', '{"forged": 2}')


def run(statement: str, *values: Any) -> list[Any]:
    """Runs SQL and gives its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def key_of(table: RecordedTable) -> str:
    return quoted(table.key)


def keys(table: RecordedTable) -> list[int]:
    """The keys of all rows, in order."""
    return [row[0] for row in run(f"SELECT {key_of(table)} FROM {quoted(table.name)} ORDER BY 1")]  # noqa: S608


@contextmanager
def undone() -> Iterator[None]:
    """What is forged within is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def without_checks() -> None:
    """Takes the constraints of the recorded tables out of the way for the rest of the transaction."""
    if connection.vendor == "sqlite":
        run("PRAGMA ignore_check_constraints = ON")
        return
    run("SET CONSTRAINTS ALL IMMEDIATE")
    asked = "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint WHERE contype IN "
    for table, name in run(f"{asked} ('c', 'f') AND conrelid <> 0"):
        if "." not in table:
            run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def another(field: Field) -> str:
    """An SQL expression for another value than the one that the column holds, of its type."""
    column = quoted(field.column)
    while field.is_relation:
        field = field.target_field
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return f"1 - {column}" if connection.vendor == "sqlite" else f"NOT {column}"
    if kind == "DecimalField":
        return f"COALESCE({column}, 0) + 0.1"
    if kind in ("DateTimeField", "JSONField"):
        is_time, sqlite = kind == "DateTimeField", connection.vendor == "sqlite"
        one, other = TIMES if is_time else JSONS
        cast = "" if sqlite else "::timestamptz" if is_time else "::jsonb"
        return f"CASE WHEN {column} = '{one}'{cast} THEN '{other}'{cast} ELSE '{one}'{cast} END"
    if kind == "UUIDField":
        return f"'{uuid4().hex if connection.vendor == 'sqlite' else uuid4()}'"
    if "Integer" in kind or "Auto" in kind:
        return f"COALESCE({column}, 0) + 7000"
    if kind == "TimeField":
        chosen = f"CASE WHEN {column} = '03:07:00' THEN '04:08:00' ELSE '03:07:00' END"
        return chosen if connection.vendor == "sqlite" else f"({chosen})::time"
    letter = f"CASE WHEN substr({column}, 1, 1) = 'x' THEN 'y' ELSE 'x' END"
    return f"{letter} || COALESCE(substr({column}, 2), '')"


def change(table: RecordedTable, key: int, column: str, value: str) -> None:
    """Writes an expression into one column of one row."""
    run(
        f"UPDATE {quoted(table.name)} SET {quoted(column)} = {value} WHERE {key_of(table)} = %s",  # noqa: S608
        key,
    )


def remove(table: RecordedTable, key: int | None = None) -> None:
    """Deletes one row, or all."""
    where, values = ("", ()) if key is None else (f"WHERE {key_of(table)} = %s", (key,))
    run(f"DELETE FROM {quoted(table.name)} {where}", *values)  # noqa: S608


def duplicate(table: RecordedTable, key: int, new: int, *, alike: bool = True) -> None:
    """Adds a copy under another key; where something must be unique, or it may differ, all is altered."""
    names = ", ".join(quoted(field.column) for field in every(table))
    altered = ", ".join(another(field) for field in every(table))
    for values in [names, altered] if alike else [altered]:
        try:
            with transaction.atomic():
                run(
                    f"INSERT INTO {quoted(table.name)} ({key_of(table)}, {names}) "  # noqa: S608
                    f"SELECT %s, {values} FROM {quoted(table.name)} WHERE {key_of(table)} = %s",
                    new,
                    key,
                )
            return
        except IntegrityError:
            continue
    raise AssertionError(f"{table.name}: no copy can be made")


def swap(table: RecordedTable, one: int, other: int) -> None:
    """Two rows change their keys."""
    for before, after in ((one, -1), (other, one), (-1, other)):
        run(
            f"UPDATE {quoted(table.name)} SET {key_of(table)} = %s WHERE {key_of(table)} = %s",  # noqa: S608
            after,
            before,
        )


def invent(table: RecordedTable, key: int) -> None:
    """Adds a row of made-up values to a table that nothing of the test filled."""
    names = ", ".join(quoted(field.column) for field in every(table))
    values = ", ".join(f"({another(field)})" for field in every(table))
    empty = ", ".join(f"{_nothing(field)} AS {quoted(field.column)}" for field in every(table))
    run(
        f"INSERT INTO {quoted(table.name)} ({key_of(table)}, {names}) "  # noqa: S608
        f"SELECT {key}, {values} FROM (SELECT {empty}) AS made"
    )


def every(table: RecordedTable) -> list[Field]:
    """All columns but the key, those that do not count as well."""
    return [field for field in table.model._meta.concrete_fields if not field.primary_key]


def _nothing(field: Field) -> str:
    """A value to forge the first one from, of the column's type."""
    while field.is_relation:
        field = field.target_field
    kind, sqlite = field.get_internal_type(), connection.vendor == "sqlite"
    typed = {"DateTimeField": "timestamptz", "JSONField": "jsonb", "UUIDField": "uuid"}.get(kind)
    if typed:
        return "NULL" if sqlite else f"NULL::{typed}"
    if kind == "BooleanField":
        return "0" if sqlite else "false"
    return "0" if "Integer" in kind or "Auto" in kind or kind == "DecimalField" else "''"
