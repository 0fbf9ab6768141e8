"""Rows that were there before the log told of rows, or of all their columns, are taken in as they are."""

from typing import Any

from django.db import connection, transaction

from audits.adminkit.noting import Rows
from audits.adminkit.recorded import RecordedTable, tables
from audits.adminkit.row_marks import all_marks, in_pieces
from audits.ledger.events import ROWS_TAKEN_IN
from audits.ledger.newest_marks import NewestMarks, told_columns
from audits.ledger.row_verifier import as_of, side_by_side
from audits.ledger.services.record_event import LedgerActor, told_of, write


@transaction.atomic
def take_in_rows(*, actor: LedgerActor) -> int:
    """Writes entries for the tables whose columns the log does not know yet; returns the number of rows.

    Of a table that is new to the log, rows without an entry are taken in; where columns were added, those
    whose older columns are as they were recorded; where columns were changed or removed, all. A row that was
    changed behind the portal's back is so left as it is, to be found. Safe to run at every start.
    """
    told = told_columns()
    new = [table for table in tables() if table.shape not in told.get(table.name, {})]
    if not new:
        return 0
    _lock(new)
    found: Rows = {}
    with NewestMarks() as newest:
        newest.complete()
        for table in _filled(new):
            keys = _to_take_in(table, newest, told.get(table.name, {}))
            if keys:
                found[table] = dict.fromkeys(keys)
    shapes = {table.name: {table.shape: list(table.columns)} for table in new}
    facts = told_of(actor) | {"subject_type": "rows", "subject": f"{len(new)} tables", "reason": ""}
    for told_too in [{"tables": shapes}, *({"rows": piece} for piece in in_pieces(found))]:
        write(ROWS_TAKEN_IN, facts, {}, **told_too)
    return sum(len(keys) for keys in found.values())


def _to_take_in(table: RecordedTable, newest: NewestMarks, told: dict[str, list[str]]) -> set[Any]:
    """The keys of the rows that an entry has to tell of."""
    older = {shape: as_of(table, shape, told.get(shape, [])) for shape in newest.shapes(table.name)}
    older.pop(table.shape, None)
    if None in older.values():
        return {key for key, _ in all_marks(table)}
    # Of a table that the log knows each row was told of when it was written, or was slipped in.
    found = set() if told else {key for key, _, known in side_by_side(table, newest) if known is None}
    for shape, covered in older.items():
        pairs = side_by_side(covered, newest) if covered else ()
        found |= {
            key
            for key, mark, known in pairs
            if known and known.shape == shape and known.holds(mark, table.name)
        }
    return found


def _filled(some: list[RecordedTable]) -> list[RecordedTable]:
    """Those that hold rows; one query."""
    quote = connection.ops.quote_name
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {quote(table.name)})" for table in some)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        there = cursor.fetchone()
    return [table for table, is_filled in zip(some, there, strict=True) if is_filled]


def _lock(some: list[RecordedTable]) -> None:
    """Nobody writes these tables meanwhile; SQLite's immediate transactions are alone already."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(table.name) for table in some)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
