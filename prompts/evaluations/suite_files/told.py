"""What a reader tells of a suite's file, and where it stands while it reads. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from audits.identity.errors import Unacceptable

ENDINGS = (".yaml", ".yml", ".json", ".jsonl", ".csv")
"""What a suite's file may be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file's name, and ``test 3`` or ``line 12`` in it."""

    file: str
    at: str = ""

    def within(self, part: str) -> "Place":
        """A part of it."""
        return Place(self.file, f"{self.at}, {part}" if self.at else part)

    def refuse(self, why: str) -> NoReturn:
        """Raises ``Unacceptable`` with the place."""
        raise Unacceptable(f"{self}: {why}", field="suite")

    def __str__(self) -> str:
        return f"{self.file}, {self.at}" if self.at else self.file


@dataclass(slots=True)
class Unsupported:
    """What a file asks for and does not get: what it is, why not, the first place and in how many."""

    file: str
    place: str
    what: str
    reason: str
    count: int = 1

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        more = f" (and {self.count - 1:,} more)" if self.count > 1 else ""
        return f"{where}{more}: {self.what}: {self.reason}"


@dataclass(slots=True)
class LeftOut:
    """The list of what is not supported; the same in many cases is one line with their number."""

    found: dict[tuple[str, str, str], Unsupported] = field(default_factory=dict)

    def note(self, place: Place, what: str, reason: str) -> None:
        """Adds to the list."""
        key = (place.file, what, reason)
        if key in self.found:
            self.found[key].count += 1
        else:
            self.found[key] = Unsupported(place.file, place.at, what, reason)


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """The cases of a file; ``name`` carries a digest of its content: another content is another suite.

    ``cases`` are keyword arguments of ``save_case``. ``prompts`` and ``providers`` are what the file names,
    for people to read: a suite is run on governed versions, by the portal's own providers.
    """

    name: str
    title: str
    cases: list[dict[str, Any]]
    unsupported: list[Unsupported] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    description: str = ""


def names_in(value: Any) -> list[str]:
    """The names of prompts or providers as promptfoo writes them: a text, a mapping, or a list of these."""
    items: Iterable[Any] = value if isinstance(value, list) else [] if value is None else [value]
    names: list[str] = []
    for item in items:
        if isinstance(item, dict):
            told = item.get("label") or item.get("id") or item.get("raw")
            names += [str(told)[:200]] if told else [str(key)[:200] for key in item]
        else:
            names.append(str(item)[:200])
    return names
