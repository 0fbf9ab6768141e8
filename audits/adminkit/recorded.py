"""Which tables are recorded: each write of a row leaves the row's digest in the log, by way of a note.

A room's models take ``RecordedQuerySet`` (querysets.py); the portal says at start-up which tables count and
which of their columns do not. Columns are those of the database, and a table's ``shape`` names the set of
them, so that the log can tell which ones a digest covers after a later migration.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model

_tables: dict[type[Model], "RecordedTable"] = {}


@dataclass(frozen=True, slots=True)
class Settled:
    """Of rows that somebody works on: ``progress`` counts once ``column`` holds one of ``values``.

    Before that the log would need an entry for every sign of life.
    """

    column: str
    values: frozenset[str]
    progress: frozenset[str]


@dataclass(frozen=True, eq=False)
class RecordedTable:
    """A model with the fields of it that count, in the order of their columns; the key is none of them."""

    model: type[Model]
    fields: tuple[Any, ...]
    settled: Settled | None = None

    @classmethod
    def of(cls, model: type[Model], without: Iterable[str] = (), settled: Settled | None = None) -> Any:
        """All columns but ``without``. Raises ``ValueError`` for a name that is no column."""
        fields = {str(field.column): field for field in model._meta.concrete_fields if not field.primary_key}
        told = {*without, *(settled.progress | {settled.column} if settled else ())}
        if unknown := told - set(fields):
            raise ValueError(f"{model._meta.label} has no columns {sorted(unknown)}")
        kept = sorted(set(fields) - set(without))
        return cls(model, tuple(fields[name] for name in kept), settled)

    @property
    def name(self) -> str:
        """The table in the database."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of the key."""
        return str(self.model._meta.pk.column)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What a digest covers besides the key."""
        return tuple(field.column for field in self.fields)

    @cached_property
    def shape(self) -> str:
        """A short name of the columns, and of when some of them begin to count."""
        about: list[Any] = [self.columns]
        if self.settled:
            about += [self.settled.column, sorted(self.settled.values), sorted(self.settled.progress)]
        return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:8]

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names = {field.name: field.column for field in self.fields}
        return names | {field.attname: field.column for field in self.fields}

    def concerns(self, values: Mapping[str, Any]) -> bool:
        """Whether writing these fields changes a digest: state and progress of what goes on does not."""
        told = {self._by_name[name]: value for name, value in values.items() if name in self._by_name}
        if not self.settled or told.keys() - self.settled.progress - {self.settled.column}:
            return bool(told)
        return str(told.get(self.settled.column, "")) in self.settled.values


def register(table: RecordedTable) -> None:
    """From now on writes of the table are noted; another one of the same model raises ``ValueError``."""
    if _tables.setdefault(table.model, table).shape != table.shape:
        raise ValueError(f"{table.name} is registered twice")


def table_of(model: type[Model]) -> RecordedTable | None:
    """The recorded table of a model; None for one that is not recorded."""
    return _tables.get(model)


def tables() -> list[RecordedTable]:
    """All recorded tables, by name."""
    return sorted(_tables.values(), key=lambda table: table.name)
