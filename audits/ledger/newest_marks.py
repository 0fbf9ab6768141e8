"""What the log says last of every recorded row, gathered in a temporary file: memory stays flat."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Value
from django.db.models.functions import StrIndex

from audits.adminkit.row_marks import GONE, salt_mark
from audits.ledger.events import ROWS_TAKEN_IN
from audits.ledger.models import Event, Leaf
from audits.ledger.selectors import tree_size

PIECE = 4000
WITH_ROWS = '"rows":{'
"""Stands in the canonical body of every entry that tells of rows, and in no text of one."""


Telling = tuple[int | None, str, str | None]
"""Of an entry its position (None: waits), body and salt (None: erased)."""


@dataclass(frozen=True, slots=True)
class NewestMark:
    """What an entry tells of a row: its mark, and the shape of the columns it covers.

    ``position`` is that of the entry (None: waits), ``salt`` its salt: None where that was erased, and empty
    where it stands without one, as all did at first. ``rank`` is the position that counts: of what is told
    again after an erasure that of the erased entry, so that it stands for no more than this one did.
    """

    key: int
    mark: str
    shape: str
    position: int | None
    salt: str | None
    rank: int | None

    @property
    def is_erased(self) -> bool:
        """Whether nothing can be compared with it any more."""
        return self.salt is None and self.mark != GONE

    def holds(self, mark: str, table: str) -> bool:
        """Whether it is this mark."""
        return self.mark == self.beside(mark, table)

    def beside(self, mark: str, table: str) -> str:
        """The mark as this entry would hold it."""
        return salt_mark(mark, self.salt, table, str(self.key)) if self.salt else mark


class NewestMarks:
    """A context to which entries are handed as they are read; ``complete`` reads the others of the log.

    ``first`` is the position of the first entry that will be handed over, each once and without a gap.
    """

    def __init__(self, first: int = 0) -> None:
        self._heard = range(first, first)

    def __enter__(self) -> Self:
        # Without a name SQLite keeps it in a file of its own, which nobody else can open.
        self._base = sqlite3.connect("")
        self._base.execute(
            "CREATE TABLE marks (name TEXT, key INTEGER, mark TEXT, shape TEXT, position INTEGER, salt TEXT, "
            "rank INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID"
        )
        return self

    def hear(self, entries: Iterable[tuple[int, str, str | None]], stop: int) -> None:
        """Each entry up to, without, ``stop`` that was not handed over yet."""
        for position, body, salt in entries:
            if WITH_ROWS in body:
                self._keep(position, body, salt)
        self._heard = range(self._heard.start, stop)

    def complete(self) -> Self:
        """Reads what was not handed over: what stands before it or came since, and what waits."""
        for telling in entries_with_rows(self._heard):
            self._keep(*telling)
        return self

    def _keep(self, position: int | None, body: str, salt: str | None) -> None:
        """Of each row the mark of the highest rank; what waits for a place comes after all.

        Of the same rank the later one counts: it tells again what the other told.
        """
        self._base.executemany(
            "INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark, "
            "shape = excluded.shape, position = excluded.position, salt = excluded.salt, "
            "rank = excluded.rank WHERE excluded.rank IS NULL OR excluded.rank > rank "
            "OR (excluded.rank = rank AND (excluded.position IS NULL OR excluded.position > position))",
            (
                (name, told.key, told.mark, told.shape, told.position, told.salt, told.rank)
                for name, told in marks_in(position, body, salt)
            ),
        )

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def of(self, name: str) -> Iterator[NewestMark]:
        """The newest marks of one table, by key."""
        rows = self._base.execute(
            "SELECT key, mark, shape, position, salt, rank FROM marks WHERE name = ? ORDER BY key", (name,)
        )
        return (NewestMark(*row) for row in rows)

    def shapes(self, name: str) -> set[str]:
        """The sets of columns that the newest marks of a table cover."""
        return {
            row[0] for row in self._base.execute("SELECT DISTINCT shape FROM marks WHERE name = ?", (name,))
        }

    def names(self) -> set[str]:
        """The tables of which the log tells."""
        return {row[0] for row in self._base.execute("SELECT DISTINCT name FROM marks")}


def marks_in(position: int | None, body: str, salt: str | None) -> Iterator[tuple[str, NewestMark]]:
    """Name of the table and mark of each row of which an entry tells."""
    for name, told in json.loads(body).get("rows", {}).items():
        held, of = (told["salted"], salt) if "salted" in told else (told["marks"], "")
        again = told.get("again", {})
        for key, mark in held.items():
            yield name, NewestMark(int(key), mark, told["columns"], position, of, again.get(key, position))


def entries_with_rows(beside: range) -> Iterator[Telling]:
    """Each entry that tells of rows, of those that do not stand at ``beside``.

    LIKE looks through the bodies at half the speed.
    """
    leaves = Leaf.objects.alias(at=StrIndex("event__body", Value(WITH_ROWS))).filter(at__gt=0)
    for part in (range(beside.start), range(beside.stop, tree_size())):
        for first in part[::PIECE]:
            # Between two places, not up to a limit: a planner without statistics would sort the log for each.
            rows = leaves.filter(position__range=(first, min(first + PIECE, part.stop) - 1))
            yield from rows.order_by("position").values_list("position", "event__body", "event__salt")
    waiting = Event.objects.filter(leaf__isnull=True).order_by("pk").values_list("body", "salt")
    for body, salt in waiting.iterator(PIECE):
        if WITH_ROWS in body:
            yield None, body, salt


def told_columns() -> dict[str, dict[str, list[str]]]:
    """By table and shape, the columns that entries of taking in name."""
    found: dict[str, dict[str, Any]] = {}
    for body in Event.objects.filter(event=ROWS_TAKEN_IN.name).order_by("pk").values_list("body", flat=True):
        for name, shapes in json.loads(body).get("tables", {}).items():
            found.setdefault(name, {}).update(shapes)
    return found
