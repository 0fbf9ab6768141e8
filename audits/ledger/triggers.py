"""Triggers that make a table append-only in the database itself, for the migrations of all rooms.

``operations = [*protect("lifecycle_signoff")]`` after the table was created. Every trigger's name starts with
``PREFIX``, so that anything can find them. SQLite drops a table's triggers when Django rebuilds the table:
a later migration that alters a protected table must end with ``*protect(...)`` again (it replaces).

They stop the application and its bugs. Whoever owns the database can drop them; the tree of the ledger
then tells that something was changed.
"""

from collections.abc import Iterable

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "imprimatur_append_only_"
POSTGRES_FUNCTION = f"{PREFIX}refuse"


def protect(
    table: str,
    frozen_when: str = "1 = 1",
    *,
    keys: Iterable[str] = ("id",),
    erasable: Iterable[str] = (),
    kept: Iterable[str] = (),
) -> list[migrations.RunPython]:
    """Operations for a migration that refuse UPDATE, DELETE, TRUNCATE and SQLite's REPLACE on ``table``.

    ``frozen_when`` is an SQL condition over ``OLD`` (``"OLD.frozen_at IS NOT NULL"``): only rows that fulfil
    it are protected, and TRUNCATE is refused all the same. ``keys`` are the unique columns by which SQLite's
    ``INSERT OR REPLACE`` could replace a row. The columns ``erasable`` may become NULL, all of them at
    once and where all the others, which ``kept`` names, stay as they are. The refusal is a
    ``django.db.IntegrityError``.
    """
    unique, empties, rest = tuple(keys), tuple(erasable), tuple(kept)

    def install(apps: object, schema_editor: object) -> None:
        connection: BaseDatabaseWrapper = schema_editor.connection  # type: ignore[attr-defined]
        for statement in _drop(connection, table) + _create(
            connection, table, frozen_when, unique, _erases(connection, empties, rest)
        ):
            _run(connection, statement)

    def remove(apps: object, schema_editor: object) -> None:
        connection: BaseDatabaseWrapper = schema_editor.connection  # type: ignore[attr-defined]
        for statement in _drop(connection, table):
            _run(connection, statement)

    return [migrations.RunPython(install, remove, elidable=False)]


def protected_tables(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables that carry triggers of this module now."""
    if connection.vendor == "sqlite":
        query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    else:
        query = (
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgenabled = 'A' AND t.tgname LIKE %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [PREFIX + "%"])
        return {row[0] for row in cursor.fetchall()}


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _drop(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    quote = connection.ops.quote_name
    if connection.vendor == "sqlite":
        names = [f"{PREFIX}{table}_{act}" for act in ("update", "delete", "replace")]
        return [f"DROP TRIGGER IF EXISTS {quote(name)}" for name in names]
    names = [f"{PREFIX}{act}" for act in ("update", "delete", "truncate")]
    return [f"DROP TRIGGER IF EXISTS {quote(name)} ON {quote(table)}" for name in names]


def _erases(connection: BaseDatabaseWrapper, empties: tuple[str, ...], kept: tuple[str, ...]) -> str:
    """The condition of an update that only erases; never NULL, which would let anything pass."""
    if not empties:
        return "1 = 0"
    quote = connection.ops.quote_name
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    told = [f"OLD.{quote(name)} IS NOT NULL AND NEW.{quote(name)} IS NULL" for name in empties]
    return " AND ".join([*told, *(f"NEW.{quote(name)} {same} OLD.{quote(name)}" for name in kept)])


def _create(
    connection: BaseDatabaseWrapper, table: str, frozen: str, keys: tuple[str, ...], erases: str
) -> list[str]:
    if connection.vendor == "sqlite":
        return _create_sqlite(connection, table, frozen, keys, erases)
    if connection.vendor == "postgresql":
        return _create_postgres(connection, table, frozen, erases)
    raise NotImplementedError(f"No append-only triggers for {connection.vendor}.")


def _create_sqlite(
    connection: BaseDatabaseWrapper, table: str, frozen: str, keys: tuple[str, ...], erases: str
) -> list[str]:
    quote = connection.ops.quote_name
    same = " OR ".join(f"there.{quote(key)} = NEW.{quote(key)}" for key in keys)
    there = frozen.replace("OLD.", "there.")
    # REPLACE removes the row it collides with and fires no DELETE trigger, so the insert is stopped.
    collides = f"EXISTS (SELECT 1 FROM {quote(table)} AS there WHERE ({same}) AND ({there}))"  # noqa: S608
    return [
        f"CREATE TRIGGER {quote(f'{PREFIX}{table}_{act}')} BEFORE {when} ON {quote(table)} FOR EACH ROW "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
        for act, when, condition in (
            ("update", "UPDATE", f"({frozen}) AND NOT ({erases})"),
            ("delete", "DELETE", frozen),
            ("replace", "INSERT", collides),
        )
    ]


def _create_postgres(connection: BaseDatabaseWrapper, table: str, frozen: str, erases: str) -> list[str]:
    quote = connection.ops.quote_name
    statements = [
        f"CREATE OR REPLACE FUNCTION {POSTGRES_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%: rows are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
        "END $$"
    ]
    for act, when in (
        ("update", f"BEFORE UPDATE ON {quote(table)} FOR EACH ROW WHEN (({frozen}) AND NOT ({erases}))"),
        ("delete", f"BEFORE DELETE ON {quote(table)} FOR EACH ROW WHEN ({frozen})"),
        ("truncate", f"BEFORE TRUNCATE ON {quote(table)} FOR EACH STATEMENT"),
    ):
        name = quote(f"{PREFIX}{act}")
        statements.append(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {POSTGRES_FUNCTION}()")
        # ALWAYS: they also fire where a session calls itself a replica.
        statements.append(f"ALTER TABLE {quote(table)} ENABLE ALWAYS TRIGGER {name}")
    return statements
