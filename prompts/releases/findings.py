"""Open findings about a version, learnt from the rooms above that keep them."""

from collections.abc import Callable, Iterable

from prompts.registry.models import Version
from prompts.releases.gates import Finding

Reader = Callable[[Version], Iterable[Finding]]
"""From a version to the findings that are open about it or about its prompt."""

_readers: dict[str, Reader] = {}
_people: set[str] = set()


def register(name: str, reader: Reader, *, by_people: bool = True) -> None:
    """Adds a keeper of findings; one of the same name replaces an earlier one.

    Not ``by_people``: figures that count as findings. They say nothing of whether people looked.
    """
    _readers[name] = reader
    if by_people:
        _people.add(name)


def unregister(name: str) -> None:
    """Takes a keeper away again."""
    _readers.pop(name, None)
    _people.discard(name)


def are_kept() -> bool:
    """Whether any part of the portal keeps findings of people."""
    return bool(_people)


def open_findings(version: Version) -> tuple[Finding, ...] | None:
    """All open findings that concern the version; None where there are none and no people keep any."""
    found = tuple(one for reader in _readers.values() for one in reader(version))
    return found if found or are_kept() else None
