"""Which rows of recorded tables this transaction wrote: the next entry of the log tells their digests.

A note shares the fate of its savepoint, since it lies among what Django runs on commit: where the savepoint
is rolled back, another transaction may write the row at once, and nothing may be told of it here. Rows are
only noted while they are locked, by having been written.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, TypeVar
from weakref import ref

from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from audits.adminkit.recorded import RecordedTable, register, table_of

T = TypeVar("T")
Rows = dict[RecordedTable, dict[Any, str | None]]
"""The keys of rows, each with its mark where the database told it when it was written (row_marks.py)."""
NOTED = "_noted_by_this_save"
"""Set on an instance whose ``save`` has noted the row already, with its mark."""
_clock = count(1)
_late: list[Callable[[], None]] = []


class _Notes:
    """Of one level of savepoints: each row with the time of its newest note, and its mark if known."""

    def __init__(self, level: frozenset[str]) -> None:
        self.level = level
        self.rows: dict[tuple[RecordedTable, Any], tuple[int, str | None]] = {}
        self.tellings: list[ref[_Told]] = []

    def __call__(self) -> None:
        """After the commit: all of it was told, or some code forgot to."""
        # What was rolled back is no longer there: only the list of what runs on commit held it.
        told = [telling.at for held in self.tellings if (telling := held()) is not None]
        if late := _newest([self], max(told, default=0)):
            with transaction.atomic():
                for table, keys in late.items():
                    # Whoever wrote since has told it; nobody else writes before this commits.
                    rows = table.model._base_manager.filter(pk__in=keys).select_for_update()
                    list(rows.values_list("pk"))
                    note(table, list(keys))
                for tell in _late:
                    tell()


class _Told:
    """An entry told of everything noted up to here; rolled back, it told nothing."""

    def __init__(self) -> None:
        self.at = next(_clock)

    def __call__(self) -> None:
        """Nothing is left to do."""


def when_late(tell: Callable[[], None]) -> None:
    """``tell`` is called, in a transaction, for rows that were committed before an entry told of them."""
    _late.append(tell)


def note(table: RecordedTable, keys: Iterable[Any] | Mapping[Any, str]) -> None:
    """These rows were written just now, in this transaction; of a mapping the values are their marks."""
    if not connection.in_atomic_block:
        with transaction.atomic():
            note(table, keys)
        return
    level = frozenset(connection.savepoint_ids)
    held = next((held for held in _alive(_Notes) if held.level == level), None)
    if held is None:
        held = _Notes(level)
        transaction.on_commit(held, robust=True)
    now = next(_clock)
    marks = keys if isinstance(keys, Mapping) else dict.fromkeys(keys)
    held.rows |= {(table, key): (now, mark) for key, mark in marks.items()}


def pending() -> Rows:
    """The rows that were written of which no entry has told yet."""
    return _newest(_alive(_Notes), max((told.at for told in _alive(_Told)), default=0))


def _newest(some: list[_Notes], moment: int) -> Rows:
    """The rows that were noted after a moment. A mark holds where no newer note has come."""
    newest: dict[tuple[RecordedTable, Any], tuple[int, str | None]] = {}
    for held in some:
        for row, told in held.rows.items():
            if told[0] > moment and (row not in newest or told[0] > newest[row][0]):
                newest[row] = told
    found: Rows = {}
    for (table, key), (_, mark) in newest.items():
        found.setdefault(table, {})[key] = mark
    return found


def take() -> Rows:
    """The same; from now on they count as told, unless this savepoint is rolled back."""
    found = pending()
    if found:
        told = _Told()
        for held in _alive(_Notes):
            held.tellings.append(ref(told))
        transaction.on_commit(told)
    return found


def _alive(kind: type[T]) -> list[T]:
    return [held for _, held, *_ in reversed(connection.run_on_commit) if isinstance(held, kind)]


def listen(table: RecordedTable) -> None:
    """Registers a table and notes what is saved, deleted, or linked by a many-to-many field in it."""
    register(table)
    pre_save.connect(_begins, sender=table.model, weak=False)
    post_save.connect(_saved, sender=table.model, weak=False)
    post_delete.connect(_deleted, sender=table.model, weak=False)
    if table.model._meta.auto_created:
        m2m_changed.connect(_linked, sender=table.model, weak=False)


def _begins(instance: Any, **_: Any) -> None:
    instance.__dict__.pop(NOTED, None)


def _saved(sender: type[Model], instance: Any, created: bool, update_fields: Any, **_: Any) -> None:
    if instance.__dict__.pop(NOTED, False):
        return
    table = table_of(sender)
    changed = None if created or update_fields is None else update_fields
    if table is not None and (
        changed is None or table.concerns({name: getattr(instance, name) for name in changed})
    ):
        note(table, [instance.pk])


def _deleted(sender: type[Model], instance: Any, **_: Any) -> None:
    if (table := table_of(sender)) is not None:
        note(table, [instance.pk])


def _linked(
    sender: type[Model], action: str, instance: Any, model: type[Model], pk_set: Any, **_: Any
) -> None:
    """Rows of a table between two models are written without signals of their own."""
    table = table_of(sender)
    if table is None or action not in {"post_add", "pre_remove", "pre_clear"}:
        return
    ends = {field.related_model: field.name for field in table.fields if field.is_relation}
    rows = sender._base_manager.filter(**{ends[type(instance)]: instance})
    if action != "pre_clear":
        rows = rows.filter(**{f"{ends[model]}__in": pk_set})
    note(table, rows.values_list("pk", flat=True))
