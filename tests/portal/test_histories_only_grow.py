"""The database refuses to change, delete or empty any table of history, whoever runs the statement."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from audits.adminkit.recorded import tables
from audits.ledger.triggers import PREFIX, protected_tables
from tests.fixtures.append_only import triggers_off
from tests.portal import forging

pytestmark = pytest.mark.django_db
HISTORIES = sorted(
    model._meta.db_table for model in apps.get_models() if model.__name__.startswith("Historical")
)
BY_NAME = {table.name: table for table in tables()}
ONE = 9_001


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def one_row(request: pytest.FixtureRequest):
    """One row of made-up values in the table of history; checks and relations are out of the way."""
    table = request.getfixturevalue("table")
    with triggers_off(connection):
        forging.without_checks()
        forging.invent(BY_NAME[table], ONE)
    yield
    with triggers_off(connection):
        forging.run(f"DELETE FROM {table}")  # noqa: S608  its relations lead nowhere
    if connection.vendor == "sqlite":
        forging.run("PRAGMA ignore_check_constraints = OFF")


def test_there_are_histories_and_all_are_protected() -> None:
    assert len(HISTORIES) >= 15
    assert set(HISTORIES) - protected_tables(connection) == set()


@pytest.mark.requirement("21-cfr-11/10-e", "21-cfr-11/10-c")
@pytest.mark.parametrize("table", HISTORIES)
def test_a_row_of_history_is_neither_changed_nor_deleted(table: str, one_row: None) -> None:
    for act in (
        "UPDATE {} SET history_actor = 'forged'",
        "UPDATE {} SET history_type = '-'",
        "DELETE FROM {}",
    ):
        with pytest.raises(IntegrityError, match="only ever added"):
            run(act.format(table))
    assert forging.keys(BY_NAME[table]) == [ONE]


on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own")


@pytest.mark.postgres
@on_postgres
@pytest.mark.requirement("21-cfr-11/10-e")
@pytest.mark.parametrize("prelude", ["", "SET LOCAL session_replication_role = replica; "])
@pytest.mark.parametrize("table", HISTORIES)
def test_no_history_is_emptied_at_once_not_even_by_a_replica(table: str, prelude: str) -> None:
    with pytest.raises(IntegrityError, match="only ever added"):
        run(f"{prelude}TRUNCATE {table} CASCADE")


@pytest.mark.postgres
@on_postgres
def test_every_trigger_fires_always() -> None:
    found = forging.run(
        "SELECT c.relname, t.tgname, t.tgenabled::text FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE %s",
        f"{PREFIX}%",
    )
    assert {fires for _, _, fires in found} == {"A"}
    acts = {f"{PREFIX}{act}" for act in ("update", "delete", "truncate")}
    for table in protected_tables(connection):
        assert {name for there, name, _ in found if there == table} == acts
