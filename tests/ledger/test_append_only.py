"""The database itself refuses to change what was recorded."""

import pytest
from django.db import IntegrityError, connection, transaction

from audits.ledger.models import Event
from audits.ledger.querysets import AppendOnlyQuerySet
from audits.ledger.triggers import protected_tables

pytestmark = pytest.mark.django_db


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET reason = 'another'",
        "UPDATE ledger_event SET payload = NULL",
        "UPDATE ledger_event SET salt = NULL",
        "UPDATE ledger_event SET payload = NULL, salt = NULL, reason = 'another'",
        "UPDATE ledger_event SET payload = NULL, salt = NULL, commitment = ''",
        "UPDATE ledger_event SET payload = '{}', salt = NULL",
        "UPDATE ledger_event SET id = id + 1000",
        "DELETE FROM ledger_event",
    ],
)
@pytest.mark.requirement("21-cfr-11/10-c", "21-cfr-11/10-e")
def test_raw_sql_is_refused(ten: None, statement: str) -> None:
    with pytest.raises(IntegrityError, match="only ever added"):
        run(statement)
    assert Event.objects.count() == 10


@pytest.mark.parametrize("kept", ["id", "uuid"])
def test_sqlite_replace_is_refused(ten: None, kept: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows REPLACE")
    row = {field.column: field.column for field in Event._meta.fields} | {"reason": "'forged'"}
    row |= {"uuid": {"id": "'0'", "uuid": "uuid"}[kept], "id": {"id": "id", "uuid": "id + 1000"}[kept]}
    columns, values = ", ".join(row), ", ".join(row.values())
    with pytest.raises(IntegrityError, match="only ever added"):
        run(f"REPLACE INTO ledger_event ({columns}) SELECT {values} FROM ledger_event LIMIT 1")  # noqa: S608


@pytest.mark.postgres
@pytest.mark.parametrize("prelude", ["", "SET LOCAL session_replication_role = replica;"])
@pytest.mark.parametrize("act", ["TRUNCATE ledger_event CASCADE", "DELETE FROM ledger_event"])
def test_postgres_refuses_truncate_also_from_a_replica(ten: None, prelude: str, act: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL knows TRUNCATE")
    with pytest.raises(IntegrityError, match="only ever added"):
        run(f"{prelude}{act}")


def test_model_and_queryset_refuse_before_the_database_does(ten: None) -> None:
    event = Event.objects.all()[0]
    with pytest.raises(AppendOnlyQuerySet.Refused):
        event.save()
    with pytest.raises(AppendOnlyQuerySet.Refused):
        event.delete()
    with pytest.raises(AppendOnlyQuerySet.Refused):
        Event.objects.filter(pk=event.pk).update(reason="another")
    with pytest.raises(AppendOnlyQuerySet.Refused):
        Event.objects.all().delete()


def test_the_triggers_are_there(db: None) -> None:
    assert "ledger_event" in protected_tables(connection)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transactional_test_can_still_be_cleaned_up(ten: None, turn: int) -> None:
    assert Event.objects.count() == 10
    with pytest.raises(IntegrityError):
        run("DELETE FROM ledger_event")
