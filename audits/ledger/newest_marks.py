"""What the log says last of every recorded row, gathered in a temporary file: memory stays flat."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Value
from django.db.models.functions import StrIndex

from audits.ledger.events import ROWS_TAKEN_IN
from audits.ledger.models import Event, Leaf
from audits.ledger.selectors import tree_size

PIECE = 4000
WITH_ROWS = '"rows":{'
"""Stands in the canonical body of every entry that tells of rows, and in no text of one."""


@dataclass(frozen=True, slots=True)
class NewestMark:
    """The mark of a row, the shape of the columns it covers, and the position of its entry (None: waits)."""

    key: int
    mark: str
    shape: str
    position: int | None


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
            "CREATE TABLE marks (name TEXT, key INTEGER, mark TEXT, shape TEXT, position INTEGER, "
            "PRIMARY KEY (name, key)) WITHOUT ROWID"
        )
        return self

    def hear(self, bodies: Iterable[tuple[int, str]], stop: int) -> None:
        """Position and body of each entry up to, without, ``stop`` that was not handed over yet."""
        for position, body in bodies:
            if WITH_ROWS in body:
                self._keep(position, body)
        self._heard = range(self._heard.start, stop)

    def complete(self) -> Self:
        """Reads what was not handed over: what stands before it or came since, and what waits."""
        for position, body in bodies_with_rows(self._heard):
            self._keep(position, body)
        return self

    def _keep(self, position: int | None, body: str) -> None:
        """Of each row the mark at the highest position; what waits for one comes after all."""
        self._base.executemany(
            "INSERT INTO marks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark, "
            "shape = excluded.shape, position = excluded.position "
            "WHERE excluded.position IS NULL OR excluded.position > position",
            (
                (name, int(key), mark, told["columns"], position)
                for name, told in json.loads(body).get("rows", {}).items()
                for key, mark in told["marks"].items()
            ),
        )

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def of(self, name: str) -> Iterator[NewestMark]:
        """The newest marks of one table, by key."""
        rows = self._base.execute(
            "SELECT key, mark, shape, position FROM marks WHERE name = ? ORDER BY key", (name,)
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


def bodies_with_rows(beside: range) -> Iterator[tuple[int | None, str]]:
    """Position and body of each entry that tells of rows, of those that do not stand at ``beside``.

    LIKE looks through the bodies at half the speed.
    """
    leaves = Leaf.objects.alias(at=StrIndex("event__body", Value(WITH_ROWS))).filter(at__gt=0)
    for part in (range(beside.start), range(beside.stop, tree_size())):
        for first in part[::PIECE]:
            # Between two places, not up to a limit: a planner without statistics would sort the log for each.
            rows = leaves.filter(position__range=(first, min(first + PIECE, part.stop) - 1))
            yield from rows.order_by("position").values_list("position", "event__body")
    waiting = Event.objects.filter(leaf__isnull=True).order_by("pk").values_list("body", flat=True)
    for body in waiting.iterator(PIECE):
        if WITH_ROWS in body:
            yield None, body


def told_columns() -> dict[str, dict[str, list[str]]]:
    """By table and shape, the columns that entries of taking in name."""
    found: dict[str, dict[str, Any]] = {}
    for body in Event.objects.filter(event=ROWS_TAKEN_IN.name).order_by("pk").values_list("body", flat=True):
        for name, shapes in json.loads(body).get("tables", {}).items():
            found.setdefault(name, {}).update(shapes)
    return found
