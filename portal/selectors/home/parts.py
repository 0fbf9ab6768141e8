"""The parts that home pages are made of: figures and sections, ready to be placed."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit, its period or kind, and the place of its rows on the page."""

    label: str
    value: str
    note: str = ""
    unit: str = ""
    bad: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list; ``empty`` says why there is nothing, ``next`` what to do then."""

    id: str
    title: str
    template: str
    rows: list[Any] = field(default_factory=list)
    aside: str = ""
    more: Link | None = None
    empty: str = ""
    next: Link | None = None
    figure: Figure | None = None
