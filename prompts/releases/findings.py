"""Open findings about a version, learnt from the rooms above that keep them."""

from collections.abc import Callable, Iterable

from prompts.registry.models import Version
from prompts.releases.gates import Finding

Reader = Callable[[Version], Iterable[Finding]]
"""From a version to the findings that are open about it or about its prompt."""

_readers: dict[str, Reader] = {}


def register(name: str, reader: Reader) -> None:
    """Adds a keeper of findings; one of the same name replaces an earlier one."""
    _readers[name] = reader


def unregister(name: str) -> None:
    """Takes a keeper away again."""
    _readers.pop(name, None)


def are_kept() -> bool:
    """Whether any part of the portal keeps findings."""
    return bool(_readers)


def open_findings(version: Version) -> tuple[Finding, ...] | None:
    """All open findings that concern the version; None where nobody keeps any."""
    return tuple(one for reader in _readers.values() for one in reader(version)) if _readers else None
