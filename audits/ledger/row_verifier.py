"""Compares every row of every recorded table with what the log says last of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from audits.adminkit.recorded import RecordedTable, tables
from audits.adminkit.row_marks import GONE, all_marks, column_that_differs
from audits.ledger.newest_marks import NewestMark, NewestMarks, told_columns
from audits.ledger.verifiers import Fault


def rows(newest: NewestMarks) -> Iterator[Fault]:
    """Every recorded row is as the newest entry about it tells; none was slipped in, none has vanished.

    ``newest`` holds what the entries tell that were read already.
    """
    with one_moment():
        newest.complete()
        columns = told_columns()
        for table in tables():
            yield from faults_of(table, newest, columns.get(table.name, {}))


@contextmanager
def one_moment() -> Iterator[None]:
    """Log and rows are read as of one moment, while others write; a caller's transaction decides itself."""
    if connection.in_atomic_block or (connection.vendor == "sqlite" and _is_reading()):
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    else:
        # Not atomic(), which would keep all writers out: a reader's view of SQLite needs no lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _is_reading() -> bool:
    """Whether SQLite is in a transaction of which Django does not know: that of a moment around this one."""
    connection.ensure_connection()
    return bool(connection.connection.in_transaction)


def faults_of(table: RecordedTable, newest: NewestMarks, told: dict[str, list[str]]) -> Iterator[Fault]:
    """The faults of one table; ``told`` are older sets of columns by shape."""
    slipped_in = True  # is found in the first pass, once
    for shape in sorted(newest.shapes(table.name)) or [table.shape]:
        covered = as_of(table, shape, told.get(shape, []))
        if covered is None:
            yield Fault(table.name, "its columns were changed, and its rows were not taken in since")
            continue
        for key, mark, known in side_by_side(covered, newest):
            if known is None:
                if slipped_in:
                    yield Fault(_called(table, key), "no entry tells of this row")
            elif known.shape == shape and (reason := _difference(covered, mark, known)):
                yield Fault(_called(table, key), reason, known.position)
        slipped_in = False


def as_of(table: RecordedTable, shape: str, columns: list[str]) -> RecordedTable | None:
    """The table with the columns of a shape; None where they are not there any more."""
    if shape == table.shape:
        return table
    fields = {field.column: field for field in table.fields}
    if not set(columns) <= set(fields):
        return None
    older = replace(table, fields=tuple(fields[name] for name in columns))
    return older if older.shape == shape else None


def side_by_side(table: RecordedTable, newest: NewestMarks) -> Iterator[tuple[int, str, NewestMark | None]]:
    """Key, mark and what is known of each row, of those that are there and those that should be."""
    there, known = all_marks(table), newest.of(table.name)
    row: Any = next(there, None)
    told = next(known, None)
    while row is not None or told is not None:
        if told is None or (row is not None and row[0] < told.key):
            yield row[0], row[1], None
            row = next(there, None)
        elif row is None or told.key < row[0]:
            yield told.key, GONE, told
            told = next(known, None)
        else:
            yield row[0], row[1], told
            row, told = next(there, None), next(known, None)


def _difference(table: RecordedTable, mark: str, known: NewestMark) -> str:
    if known.is_erased:
        # Who erases an entry tells again of the rows that are as it told: those that were not, were forged.
        return "the content of the entry that told of it last is erased"
    if known.holds(mark, table.name):
        return ""
    if mark == GONE:
        return "the row is gone"
    if known.mark == GONE:
        return "the row was deleted, and is there again"
    column = column_that_differs(table, known.beside(mark, table.name), known.mark)
    return f"{column} is not what was recorded" if column else "it is not what was recorded"


def _called(table: RecordedTable, key: Any) -> str:
    """The table, the key, and the name that people know, where the row still has one."""
    try:
        name = str(table.model._base_manager.get(pk=key))
    except Exception:  # noqa: BLE001  a forged row may refer to anything
        name = ""
    return f"{table.name} {key}" + (f" ({name})" if name else "")
