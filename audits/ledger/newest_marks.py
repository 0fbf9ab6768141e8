"""What the log says last of every recorded row, gathered in a temporary file: memory stays flat."""

import json
import re
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
_TABLE = re.compile(
    r'"(\w+)":\{(?:"again":\{([^{}]+)\},)?"columns":"(\w+)","(marks|salted)":\{([^{}]+)\}\}', re.ASCII
)
"""What a canonical body tells of one table. It takes half the time of reading the body as JSON."""

Telling = tuple[int | None, str, str | None]
"""Of an entry its position (None: waits), body and salt (None: erased)."""
Told = tuple[str, str, int | None, str | None, int | None]
"""Of a row its mark, the shape of the columns, position, salt and rank; see ``NewestMark``."""


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
        self._tables: dict[str, str] = {}

    def __enter__(self) -> Self:
        # Without a name SQLite keeps it in a file of its own, which nobody else can open.
        self._base = sqlite3.connect("")
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def hear(self, entries: Iterable[Telling], stop: int) -> None:
        """Each entry up to, without, ``stop`` that was not handed over yet, in the order of the tree."""
        self._keep(telling for telling in entries if WITH_ROWS in telling[1])
        self._heard = range(self._heard.start, stop)

    def complete(self) -> Self:
        """Reads what was not handed over: what stands before it or came since, and what waits.

        Once more, it is as of then: what waited may have its place by now.
        """
        for table in self._tables.values():
            self._base.execute(f"DELETE FROM {table} WHERE position IS NULL")  # noqa: S608
        for piece in entries_with_rows(self._heard):
            self._keep(piece)
        return self

    def of(self, name: str) -> Iterator[NewestMark]:
        """The newest marks of one table, by key."""
        if name not in self._tables:
            return iter(())
        rows = self._base.execute(f"SELECT * FROM {self._tables[name]} ORDER BY key")  # noqa: S608
        return (NewestMark(*row) for row in rows)

    def shapes(self, name: str) -> set[str]:
        """The sets of columns that the newest marks of a table cover."""
        if name not in self._tables:
            return set()
        return {row[0] for row in self._base.execute(f"SELECT DISTINCT shape FROM {self._tables[name]}")}  # noqa: S608

    def _keep(self, piece: Iterable[Telling]) -> None:
        """Of each row the mark of the highest rank; what waits for a place comes after all.

        Of the same rank the later one counts: it tells again what the other told.
        """
        held: dict[str, dict[int, Told]] = {}
        for telling in piece:
            for name, key, told in _rows_in(*telling):
                rows = held.setdefault(name, {})
                if key not in rows or _counts_before(told, rows[key]):
                    rows[key] = told
        for name, rows in held.items():
            if name not in self._tables:
                self._tables[name] = f"table_{len(self._tables)}"
                columns = "mark TEXT, shape TEXT, position INTEGER, salt TEXT, rank INTEGER"
                self._base.execute(f"CREATE TABLE {self._tables[name]} (key INTEGER PRIMARY KEY, {columns})")
            self._base.executemany(
                f"INSERT INTO {self._tables[name]} VALUES (?, ?, ?, ?, ?, ?) "  # noqa: S608
                "ON CONFLICT DO UPDATE SET mark = excluded.mark, shape = excluded.shape, "
                "position = excluded.position, salt = excluded.salt, rank = excluded.rank "
                "WHERE excluded.rank IS NULL OR excluded.rank > rank "
                "OR (excluded.rank = rank AND (excluded.position IS NULL OR excluded.position > position))",
                ((key, *told) for key, told in rows.items()),
            )


def _counts_before(told: Told, held: Told) -> bool:
    """As the statement of ``NewestMarks`` has it."""
    (_, _, position, _, rank), (_, _, than, _, mark) = told, held
    if rank is None or mark is None:
        return rank is None
    return rank > mark or (rank == mark and (position is None or (than is not None and position > than)))


def marks_in(position: int | None, body: str, salt: str | None) -> Iterator[tuple[str, NewestMark]]:
    """Name of the table and mark of each row of which an entry tells."""
    return ((name, NewestMark(key, *told)) for name, key, told in _rows_in(position, body, salt))


def _rows_in(position: int | None, body: str, salt: str | None) -> Iterator[tuple[str, int, Told]]:
    for name, again, shape, kind, marks in _TABLE.findall(body, max(body.find(WITH_ROWS), 0)):
        ranks = json.loads(f"{{{again}}}") if again else {}
        of = salt if kind == "salted" else ""
        for one in marks.split(","):  # "12":"mark"
            key, _, mark = one.partition(":")
            rank = ranks.get(key[1:-1], position) if ranks else position
            yield name, int(key[1:-1]), (mark[1:-1], shape, position, of, rank)


def entries_with_rows(beside: range) -> Iterator[list[Telling]]:
    """The entries that tell of rows, of those that do not stand at ``beside``, piece by piece.

    LIKE looks through the bodies at half the speed.
    """
    leaves = Leaf.objects.alias(at=StrIndex("event__body", Value(WITH_ROWS))).filter(at__gt=0)
    for part in (range(beside.start), range(beside.stop, tree_size())):
        for first in part[::PIECE]:
            # Between two places, not up to a limit: a planner without statistics would sort the log for each.
            rows = leaves.filter(position__range=(first, min(first + PIECE, part.stop) - 1))
            yield list(rows.order_by("position").values_list("position", "event__body", "event__salt"))
    waiting = Event.objects.filter(leaf__isnull=True).order_by("pk").values_list("body", "salt")
    for body, salt in waiting.iterator(PIECE):
        if WITH_ROWS in body:
            yield [(None, body, salt)]


def told_columns() -> dict[str, dict[str, list[str]]]:
    """By table and shape, the columns that entries of taking in name."""
    found: dict[str, dict[str, Any]] = {}
    for body in Event.objects.filter(event=ROWS_TAKEN_IN.name).order_by("pk").values_list("body", flat=True):
        for name, shapes in json.loads(body).get("tables", {}).items():
            found.setdefault(name, {}).update(shapes)
    return found
