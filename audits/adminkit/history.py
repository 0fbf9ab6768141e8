"""History rows that name their actor: one way to declare them, and a context that says who acts.

simple-history knows a user only inside a request. Here the verb that writes says who acts, so that
a task, a command and an API key are named as well. A governed save with nobody acting is a bug and raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from simple_history.manager import HistoryDescriptor
from simple_history.models import HistoricalRecords

from audits.adminkit.bulk import insert_with_keys
from audits.adminkit.querysets import Recorded


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts now: a printable name, and the user behind it when it is a person."""

    name: str
    user: Any


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


class NobodyActs(RuntimeError):
    """A governed record was saved outside a verb."""


@contextmanager
def acting(name: str, user: Any = None) -> Iterator[None]:
    """Within the block, history rows are written in this name."""
    token = _acting.set(Acting(name, user))
    try:
        yield
    finally:
        _acting.reset(token)


def current() -> Acting:
    """Who acts now; raises ``NobodyActs`` outside any verb."""
    now = _acting.get()
    if now is None:
        raise NobodyActs("A governed record is saved by a service, which says who acts.")
    return now


def current_name() -> str:
    """The default of the actor column on new history rows."""
    return current().name


def _current_user(**_: Any) -> Any:
    return current().user


class ActorOnHistory(Recorded):
    """The column that each history table gains: the actor as text, also when no user stands behind it."""

    history_actor = models.CharField(max_length=255, default=current_name, editable=False)

    class Meta(Recorded.Meta):
        abstract = True

    def save(self, **options: Any) -> None:
        """A new row goes in by one statement, which gives it back as stored: no query for its mark."""
        if self.pk is None and not any(options.values()) and connection.in_atomic_block:
            insert_with_keys([self])
        else:
            super().save(**options)


class _OneManager(HistoryDescriptor):  # type: ignore[misc]  # the library has no types
    """The library's own makes a class each time that somebody asks for the history, a sixth of a save."""

    def __init__(self, found: HistoryDescriptor) -> None:
        super().__init__(found.model, found.manager_class, found.queryset_class)
        self._made = found.manager_class.from_queryset(found.queryset_class)

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self._made(self.model, instance)


class GovernedHistory(HistoricalRecords):
    """``history = GovernedHistory()`` on a model whose edits must stay visible.

    A save with nobody acting raises ``NobodyActs`` before the row is written.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(bases=[ActorOnHistory], get_user=_current_user, **options)

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        """Called for each model that is made; adds the history to its own."""
        super().finalize(sender, **kwargs)
        found = sender.__dict__.get(self.manager_name)
        if type(found) is HistoryDescriptor:
            setattr(sender, self.manager_name, _OneManager(found))
