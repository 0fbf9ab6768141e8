"""New rows of one table in one statement's text: an insert that costs what the database costs.

Django builds an insert's text anew for each batch, and prepares each value by way of its field. Here the
text is made once, and only decimals, times and JSON are prepared.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.utils import timezone

from audits.adminkit.noting import note
from audits.adminkit.recorded import RecordedTable, table_of
from audits.adminkit.row_marks import mark_of, selected

PLAIN = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)
"""Fields whose values go to the database as they are."""
PIECE = 200
"""Rows of one statement that gives their keys back: its values stay far below what SQLite takes."""


def insert_rows(rows: Sequence[models.Model], *, skip_known: bool = False) -> None:
    """Inserts unsaved rows of one model, which get no keys; call it in a transaction.

    With ``skip_known`` a row that a unique column has already is left out.
    """
    if not rows:
        return
    start, places, readers = _parts(type(rows[0]), connection.vendor)
    statement = f"{start} VALUES {places}{' ON CONFLICT DO NOTHING' if skip_known else ''}"
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[read(row) for read in readers] for row in rows])


def insert_with_keys(rows: Sequence[models.Model]) -> None:
    """Inserts unsaved rows of one model, which get their keys; call it in a transaction.

    No signal is sent. Where the table is recorded the database gives each row back as it is stored, and the
    rows are noted with their marks: nobody has to ask for them again.
    """
    if not rows:
        return
    model = type(rows[0])
    table = table_of(model)
    start, places, readers = _parts(model, connection.vendor)
    key = connection.ops.quote_name(str(model._meta.pk.column))
    back = selected(table, connection.vendor) if table else key
    marks: dict[Any, str] = {}
    with connection.cursor() as cursor:
        for first in range(0, len(rows), PIECE):
            piece = rows[first : first + PIECE]
            statement = f"{start} VALUES {', '.join([places] * len(piece))} RETURNING {back}"
            cursor.execute(statement, [read(row) for row in piece for read in readers])
            for row, stored in zip(piece, cursor.fetchall(), strict=True):
                row.pk, row._state.adding, row._state.db = stored[0], False, connection.alias
                if table:
                    marks[row.pk] = mark_of(table, stored)
    if table:
        note(table, marks)


def insert_with_history(rows: Sequence[Any], user: Any) -> None:
    """Inserts unsaved rows of one governed model, which get their keys, each with the row of its history.

    ``user`` is who acts, if a person does. Call it in a transaction, within a verb.
    """
    if not rows:
        return
    history = type(rows[0]).history.model
    now, names = timezone.now(), [field.attname for field in history.tracked_fields]
    insert_with_keys(rows)
    insert_with_keys(
        [
            history(
                history_date=now, history_user=user, history_type="+",
                **{name: getattr(row, name) for name in names},
            )
            for row in rows
        ]
    )  # fmt: skip


def update_row(table: RecordedTable, key: Any, values: Sequence[tuple[Any, Any]]) -> str:
    """Sets fields (each with its value) of one row of a recorded table; the row's mark, empty if it is gone.

    Call it in a transaction, and note the mark.
    """
    quote = connection.ops.quote_name
    places = ", ".join(f"{quote(field.column)} = %s" for field, _ in values)
    statement = f"UPDATE {quote(table.name)} SET {places} WHERE {quote(table.key)} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} RETURNING {selected(table, connection.vendor)}",
            [*(field.get_db_prep_save(value, connection) for field, value in values), key],
        )
        stored = cursor.fetchone()
    return mark_of(table, stored) if stored else ""


@cache
def _parts(model: type[models.Model], vendor: str) -> tuple[str, str, list[Callable[[models.Model], Any]]]:
    """The statement up to its values, the places of one row, and what reads a row's values."""
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {quote(meta.db_table)} ({columns})", places, [_reader(field) for field in fields]


def _reader(field: "models.Field[Any, Any]") -> Callable[[models.Model], Any]:
    """What gives a row's value as the database takes it."""
    name = field.attname
    if isinstance(field, PLAIN):
        return attrgetter(name)
    if isinstance(field, models.JSONField):
        adapt, encoder = connection.ops.adapt_json_value, field.encoder
        return lambda row: None if (value := getattr(row, name)) is None else adapt(value, encoder)
    if isinstance(field, models.DateTimeField):
        moment = connection.ops.adapt_datetimefield_value
        return lambda row: None if (value := field.pre_save(row, True)) is None else moment(value)
    return lambda row: (
        None if getattr(row, name) is None else field.get_db_prep_save(getattr(row, name), connection)
    )
