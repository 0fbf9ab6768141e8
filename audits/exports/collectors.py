"""What upper rooms hand to the engine of evidence packs, registered at start-up (``AppConfig.ready``).

A *source* says what a pack is about for whoever asks; *collectors* give its documents one after the other.
The engine knows neither prompts nor calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Self

from django.db.models import QuerySet

from audits.exports.packs import Binding, Document
from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.ledger.models import Event


@dataclass(frozen=True, slots=True)
class PackAsk:
    """What a pack is asked about: a prompt, one version of it, a release by its id, or a trace by its id."""

    prompt: str = ""
    version: int | None = None
    release: int | None = None
    trace: str = ""

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From what ``as_dict`` gave; raises ``Unacceptable`` unless exactly one thing is asked about."""
        prompt, trace = str(stored.get("prompt") or ""), str(stored.get("trace") or "")
        version, release = stored.get("version"), stored.get("release")
        if sum([bool(prompt), bool(trace), release is not None]) != 1 or (version is not None and not prompt):
            raise Unacceptable(
                "Name a prompt (with a version or without), a release or a trace: one of these."
            )
        if "\0" in prompt + trace:
            raise Unacceptable("A name holds no NUL character.")
        return cls(prompt, version, release, trace)

    def as_dict(self) -> dict[str, Any]:
        """What was asked, without what was not; for the ledger and the record of an export."""
        told = {"prompt": self.prompt, "version": self.version, "release": self.release, "trace": self.trace}
        return {name: value for name, value in told.items() if value not in (None, "")}


class Contents(Protocol):
    """What a pack is about, for one reader."""

    @property
    def subject(self) -> str:
        """As the ledger names it: ``bank/letter@3``."""

    @property
    def events(self) -> QuerySet[Event]:
        """The entries about it that the reader may see."""


Source = Callable[[Actor, PackAsk], Contents]
"""Finds it, or raises ``NotThere``."""
Part = Document | Binding
Collector = Callable[[Any], Iterator[Part]]
"""Gives documents and bindings of a source's contents; only those whose entries are in the given events."""
Visible = Callable[[Actor], QuerySet[Event]]
"""The events that an actor may see."""
_sources: list[Source] = []
_visible: list[Visible] = []
_collectors: dict[str, Collector] = {}


def register_source(source: Source) -> None:
    """Sets the one source; the same again changes nothing, another raises ``ValueError``."""
    if _sources and _sources[0] is not source:
        raise ValueError("the source of packs is registered twice")
    _sources[:] = [source]


def register_visible(visible: Visible) -> None:
    """Sets what of the trail people see; the same again changes nothing, another raises ``ValueError``."""
    if _visible and _visible[0] is not visible:
        raise ValueError("what people see of the trail is registered twice")
    _visible[:] = [visible]


def register_collector(name: str, collector: Collector) -> None:
    """Adds a collector, in the order in which its files stand in a pack; another under its name raises."""
    if _collectors.setdefault(name, collector) is not collector:
        raise ValueError(f"the collector {name!r} is registered twice")


def visible_to(actor: Actor) -> QuerySet[Event]:
    """The events that the actor may see; none where nothing was registered."""
    return _visible[0](actor) if _visible else Event.objects.none()


def contents_of(actor: Actor, asked: PackAsk) -> Contents:
    """What the pack is about; raises ``NotThere``, and ``Unacceptable`` where nothing was registered."""
    if not _sources:
        raise Unacceptable("Nothing here knows how to fill an evidence pack.")
    return _sources[0](actor, asked)


def parts_of(contents: Contents) -> Iterator[Part]:
    """All documents and bindings, collector by collector."""
    for collector in list(_collectors.values()):
        yield from collector(contents)
