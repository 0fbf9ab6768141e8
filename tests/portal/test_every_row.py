"""Forging of any recorded row behind the portal's back is found, and the right row is named."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from audits.adminkit.noting import note
from audits.adminkit.recorded import RecordedTable, tables
from audits.adminkit.row_marks import LOWEST
from audits.ledger.newest_marks import NewestMarks
from audits.ledger.row_verifier import faults_of, rows
from audits.ledger.services import close
from portal.recorded import SETTLED
from tests.fixtures.append_only import triggers_off
from tests.people import SHELL
from tests.portal import forging

INVENTED = 9_001


@pytest.fixture(scope="module")
def log(django_db_setup: None, django_db_blocker) -> Iterator[NewestMarks]:
    """One of everything, made by the services; what these leave empty gets one row of made-up values."""
    from portal.services.setup_portal import setup_portal
    from prompts.registry.models import Collection
    from prompts.registry.services.collections import create_collection
    from tests.factories import Factory
    from tests.people import make_people
    from tests.portal.stage import build

    with django_db_blocker.unblock(), transaction.atomic():
        setup_portal(actor=SHELL)
        people = make_people()
        create_collection(actor=SHELL, slug="bank", title="Bank", team=people.team)
        factory = Factory(people)
        factory.released(name="bank/served")
        build(people, Collection.objects.get(slug="bank"), factory)
        close(SHELL)
        with triggers_off(connection):
            forging.without_checks()
            for table in tables():
                if not forging.keys(table):
                    forging.invent(table, INVENTED)
                    note(table, [INVENTED])
            close(SHELL)
            with NewestMarks() as newest:
                yield newest.complete()
        if connection.vendor == "sqlite":
            forging.run("PRAGMA ignore_check_constraints = OFF")
        transaction.set_rollback(True)


def found(table: RecordedTable, log: NewestMarks) -> list[tuple[str, str]]:
    """Which rows do not verify: table and key, and why."""
    faults = faults_of(table, log, {})
    return [(" ".join(fault.subject.split(" ")[:2]), fault.reason) for fault in faults]


def name_of(table: RecordedTable) -> str:
    return table.name


@pytest.mark.django_db
def test_nothing_is_wrong_with_an_empty_portal() -> None:
    """The mark on one test has pytest make the database for all of this file."""
    with NewestMarks() as newest:
        assert list(rows(newest)) == []


every_table = pytest.mark.parametrize("table", tables(), ids=name_of)


@every_table
def test_rows_that_nobody_touched_are_sound(log: NewestMarks, table: RecordedTable) -> None:
    assert forging.keys(table)
    assert found(table, log) == []


@every_table
def test_a_change_of_any_column_is_named(log: NewestMarks, table: RecordedTable) -> None:
    there = forging.keys(table)
    settled = SETTLED.get(table.model._meta.label)
    for at, field in enumerate(table.fields):
        if settled and field.column in settled.progress:
            continue  # test_rows.py tries these on a row that is over
        key = there[at % len(there)]
        with forging.undone():
            value = "'failed'" if settled and field.column == settled.column else forging.another(field)
            forging.change(table, key, field.column, value)
            told = found(table, log)
        assert [subject for subject, _ in told] == [f"{table.name} {key}"], field.column
        assert settled or told[0][1].startswith(field.column), field.column


@every_table
def test_what_is_emptied_is_named(log: NewestMarks, table: RecordedTable) -> None:
    key = forging.keys(table)[0]
    field = next((field for field in table.fields if field.null), None)
    if field is not None and not table.settled:
        with forging.undone():
            forging.change(table, key, field.column, forging.another(field))
            note(table, [key])
            close(SHELL)
            forging.change(table, key, field.column, "NULL")
            with NewestMarks() as newest:
                told = found(table, newest.complete())
        assert told == [(f"{table.name} {key}", f"{field.column} is not what was recorded")]


@every_table
def test_rows_that_are_gone_are_named(log: NewestMarks, table: RecordedTable) -> None:
    there = forging.keys(table)
    for key in {there[0], there[len(there) // 2], there[-1]}:
        with forging.undone():
            forging.remove(table, key)
            assert found(table, log) == [(f"{table.name} {key}", "the row is gone")]
    with forging.undone():
        forging.remove(table)
        assert found(table, log) == [(f"{table.name} {key}", "the row is gone") for key in there]


def is_long(table: RecordedTable) -> bool:
    """Whether its keys have 64 bits; in SQLite all have."""
    return connection.vendor == "sqlite" or "Big" in type(table.model._meta.pk).__name__


@every_table
def test_rows_that_were_slipped_in_are_named(log: NewestMarks, table: RecordedTable) -> None:
    there = forging.keys(table)
    for new in {there[0] - 1, there[-1] + 1, LOWEST if is_long(table) else -(2**31)}:
        with forging.undone():
            forging.duplicate(table, there[-1], new)
            assert found(table, log) == [(f"{table.name} {new}", "no entry tells of this row")]


@every_table
def test_rows_that_changed_places_are_named(log: NewestMarks, table: RecordedTable) -> None:
    first = forging.keys(table)[0]
    with forging.undone():
        forging.duplicate(table, first, first + 100_000, alike=False)
        note(table, [first + 100_000])
        close(SHELL)
        with NewestMarks() as newest:
            newest.complete()
            forging.swap(table, first, first + 100_000)
            told = [subject for subject, _ in found(table, newest)]
    assert told == [f"{table.name} {first}", f"{table.name} {first + 100_000}"]
