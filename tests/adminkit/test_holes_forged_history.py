"""Rows of history are ordinary rows in the stock combination: here the database refuses to forge them."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from simple_history.models import HistoricalChanges

from audits.ledger.triggers import protected_tables

HISTORIES = sorted(
    model._meta.db_table for model in apps.get_models() if issubclass(model, HistoricalChanges)
)


@pytest.mark.django_db
@pytest.mark.parametrize("table", HISTORIES)
def test_every_table_of_history_is_append_only(table):
    assert table in protected_tables(connection)


FORGERIES = {
    "update": lambda rows: rows.update(history_actor="somebody else"),
    "delete": lambda rows: rows.delete(),
    "delete in one statement": lambda rows: rows._raw_delete(rows.db),
    "save": lambda rows: rows.latest().save(),
}


@pytest.mark.parametrize("how", FORGERIES)
@pytest.mark.requirement("21-cfr-11/10-e", "sec-17a-4/f-2-i")
def test_a_row_of_history_is_neither_changed_nor_removed(bank, how):
    before = list(bank.history.values())
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        FORGERIES[how](bank.history.all())
    assert list(bank.history.values()) == before
