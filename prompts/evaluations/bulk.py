"""Many new rows of one table in one statement's text: an insert that costs what the database costs."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models

PLAIN = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)
"""Fields whose values go to the database as they are."""


def insert_rows(rows: Sequence[models.Model], *, skip_known: bool = False) -> None:
    """Inserts unsaved rows of one model, which get no keys; call it in a transaction.

    With ``skip_known`` a row that a unique column has already is left out.

    Django builds an insert's text anew for each batch, and prepares each value by way of its field. Here the
    text is that of one row, and only decimals, times and JSON are prepared.
    """
    if not rows:
        return
    meta = type(rows[0])._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    readers = [_reader(field) for field in fields]
    statement = f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({columns}) VALUES ({values})"  # noqa: S608
    statement += " ON CONFLICT DO NOTHING" if skip_known else ""
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[read(row) for read in readers] for row in rows])


def _reader(field: "models.Field[Any, Any]") -> Callable[[models.Model], Any]:
    """What gives a row's value as the database takes it."""
    name = field.attname
    if isinstance(field, PLAIN):
        return attrgetter(name)
    if isinstance(field, models.JSONField):
        adapt, encoder = connection.ops.adapt_json_value, field.encoder
        return lambda row: None if (value := getattr(row, name)) is None else adapt(value, encoder)
    if isinstance(field, models.DecimalField):
        return lambda row: None if getattr(row, name) is None else _prepared(field, row)
    return lambda row: _prepared(field, row)


def _prepared(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)
