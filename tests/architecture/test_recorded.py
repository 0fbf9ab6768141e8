"""Every table is told to the log row by row, or stands in the list of those that are not, with its reason."""

import pytest
from django.apps import apps
from django.db.models import SET_DEFAULT, SET_NULL

from audits.adminkit.querysets import RecordedQuerySet
from audits.adminkit.recorded import RecordedTable, tables
from portal.recorded import EXCEPT, EXEMPT, FROM_PACKAGES, SETTLED, candidates

BY_ROW = {"identity.User", "auth.Group"}
"""Models whose managers are Django's: services write their rows one by one."""
MENDED = {"registry.Comment.version", "evaluations.Schedule.last_run", "evaluations.Schedule.seen_version"}
"""Links that a deletion empties: a service writes the first itself, the others are state."""
READ = {
    *("AutoField", "BigAutoField", "BooleanField", "CharField", "TextField", "SlugField", "EmailField"),
    *("IntegerField", "BigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"),
    *(
        "PositiveBigIntegerField",
        "DecimalField",
        "DateTimeField",
        "DateField",
        "TimeField",
        "JSONField",
        "UUIDField",
        "BinaryField",
    ),
}
"""Types of columns that row_marks.py reads alike from both databases."""


def name_of(table: RecordedTable) -> str:
    return table.model._meta.label


def test_every_model_is_recorded_or_left_out_with_a_reason() -> None:
    recorded = {name_of(table) for table in tables()}
    assert recorded | set(EXEMPT) == {model._meta.label for model in candidates()}
    assert not recorded & set(EXEMPT)
    assert all(len(reason) > 10 for reason in EXEMPT.values())


def test_the_lists_name_only_what_there_is() -> None:
    recorded = {name_of(table): table for table in tables()}
    assert {*EXCEPT, *SETTLED} <= set(recorded)
    assert set(FROM_PACKAGES) <= set(recorded)
    for label, columns in EXCEPT.items():
        every = {field.column for field in apps.get_model(label)._meta.concrete_fields}
        assert set(columns) < every, label
        assert all(len(reason) > 10 for reason in columns.values())


@pytest.mark.parametrize("table", tables(), ids=name_of)
def test_every_other_column_counts(table: RecordedTable) -> None:
    meta = table.model._meta
    every = {field.column for field in meta.concrete_fields if not field.primary_key}
    assert set(table.columns) == every - set(EXCEPT.get(meta.label, {}))


@pytest.mark.parametrize("table", tables(), ids=name_of)
def test_many_rows_at_once_are_noted_as_well(table: RecordedTable) -> None:
    foreign = table.model._meta.auto_created or "Permission" in name_of(table) or name_of(table) in BY_ROW
    for manager in table.model._meta.managers:
        kind = getattr(manager, "_queryset_class", None)
        assert foreign or issubclass(kind, RecordedQuerySet), "give the model Recorded as its base"


@pytest.mark.parametrize("table", tables(), ids=name_of)
def test_nothing_empties_a_link_unseen(table: RecordedTable) -> None:
    emptied = {
        f"{name_of(table)}.{field.name}"
        for field in table.model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete in (SET_NULL, SET_DEFAULT)
        if field.name != "history_user"  # people are never deleted
    }
    assert emptied <= MENDED


@pytest.mark.parametrize("table", tables(), ids=name_of)
def test_every_column_is_of_a_type_that_is_read_alike_everywhere(table: RecordedTable) -> None:
    kinds = set()
    for field in [table.model._meta.pk, *table.fields]:
        while field.is_relation:
            field = field.target_field
        kinds.add(field.get_internal_type())
    assert kinds <= READ


def test_a_column_that_is_not_there_is_refused() -> None:
    from audits.identity.models import User

    with pytest.raises(ValueError, match="no columns"):
        RecordedTable.of(User, ["no_such_column"])
