"""What is live, learnt from the room above that knows it: releases register readers at start-up."""

from collections.abc import Callable, Collection, Mapping

from django.db.models import QuerySet

from prompts.registry.models import Version

Place = tuple[str, str]
"""A prompt's name and an environment's slug."""
Reader = Callable[[], QuerySet[Version]]
Server = Callable[[Collection[Place]], Mapping[Place, int]]

_readers: list[Reader] = []
_servers: list[Server] = []


def register(reader: Reader, server: Server) -> None:
    """Sets who gives the versions that are live anywhere, and the key of the one that is served at a place;
    later ones replace earlier ones.
    """
    _readers[:], _servers[:] = [reader], [server]


def live_versions() -> QuerySet[Version]:
    """The versions that are live somewhere; none where nobody told."""
    return _readers[0]() if _readers else Version.objects.none()


def served_at(places: Collection[Place]) -> Mapping[Place, int]:
    """The keys of the versions that are served at these places; one that serves nothing is left out."""
    return _servers[0](places) if places and _servers else {}
