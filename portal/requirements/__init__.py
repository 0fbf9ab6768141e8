"""Which clauses of which rules the portal gives evidence for, as data (``map.json``), in our own words.

Evidence only: whether an organisation fulfils a rule is for the organisation and its counsel to say.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
MAP = FOLDER / "map.json"
SHOWN_BY = FOLDER / "shown_by.json"
"""Clause to tests that show it; written by ``manage.py requirement_map`` from the marks in the tests."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. At least one of the three columns is filled.

    ``product``: what the portal does by itself, shown by tests. ``settings``: names of standings
    (``portal.selectors.standings``) that depend on how it is set up. ``outside``: what remains for others.
    """

    id: str
    where: str
    asks: str
    product: str
    settings: tuple[str, ...]
    outside: str


@dataclass(frozen=True, slots=True)
class Source:
    """A rule or standard in one edition."""

    id: str
    title: str
    edition: str
    note: str
    clauses: tuple[Clause, ...]


@cache
def sources() -> tuple[Source, ...]:
    """All of the map, in its order."""
    told = json.loads(MAP.read_text())["sources"]
    return tuple(
        Source(**{**row, "clauses": tuple(_clause(clause) for clause in row["clauses"])}) for row in told
    )


def _clause(row: dict[str, object]) -> Clause:
    return Clause(**{**row, "settings": tuple(row["settings"])})  # type: ignore[arg-type]  # texts, one list


@cache
def shown_by() -> dict[str, list[str]]:
    """The tests that show each clause, as ``tests/room/test_verb.py::test_name``."""
    found: dict[str, list[str]] = json.loads(SHOWN_BY.read_text())
    return found
