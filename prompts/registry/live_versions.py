"""What is live, learnt from the room above that knows it: releases register a reader at start-up."""

from collections.abc import Callable

from django.db.models import QuerySet

from prompts.registry.models import Version

Reader = Callable[[], QuerySet[Version]]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Sets who gives the versions that are live anywhere; a later reader replaces an earlier one."""
    _readers[:] = [reader]


def live_versions() -> QuerySet[Version]:
    """The versions that are live somewhere; none where nobody told."""
    return _readers[0]() if _readers else Version.objects.none()
