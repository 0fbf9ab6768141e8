"""Who may ask a provider now: a sliding window of requests and tokens, and pauses that a provider asked for.

The window holds what was asked within the last seconds, so that no span of that length ever holds more than
the limit. This one is of one process; ``shared_pace`` is the same for all processes.
"""

import math
import threading
import time
import uuid
from collections import OrderedDict
from typing import Protocol

from prompts.evaluations.providers.limits import Limits


class Pace(Protocol):
    """Keeps the limits of any number of providers. Safe to call from several threads."""

    def take(self, limits: Limits, tokens: int) -> tuple[str, float]:
        """A ticket and 0.0, or "" and the seconds after which to ask again."""

    def settle(self, limits: Limits, ticket: str, tokens: int) -> None:
        """Says what a request with that ticket really took."""

    def pause(self, limits: Limits, seconds: float) -> None:
        """Lets nobody ask for so long; a longer pause that was there already stays."""


class OwnPace:
    """The limits within this process: where there is no broker that all processes share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, OrderedDict[str, tuple[float, int]]] = {}
        self._paused: dict[str, float] = {}

    def take(self, limits: Limits, tokens: int) -> tuple[str, float]:
        """A ticket and 0.0, or "" and the seconds after which to ask again."""
        now = time.monotonic()
        with self._lock:
            if (pause := self._paused.get(limits.name, 0.0) - now) > 0:
                return "", pause
            if limits.requests is None and limits.tokens is None:
                return "free", 0.0
            asked = self._asked.setdefault(limits.name, OrderedDict())
            while asked and next(iter(asked.values()))[0] <= now - limits.seconds:
                asked.popitem(last=False)
            wanted = tokens if limits.tokens is None else min(tokens, limits.tokens)
            if (until := _free_at(list(asked.values()), limits, wanted)) is not None:
                return "", max(0.001, until - now)
            ticket = uuid.uuid4().hex
            asked[ticket] = (now, wanted)
            return ticket, 0.0

    def settle(self, limits: Limits, ticket: str, tokens: int) -> None:
        """Says what a request with that ticket really took."""
        with self._lock:
            asked = self._asked.get(limits.name, OrderedDict())
            if ticket in asked:
                asked[ticket] = (asked[ticket][0], tokens)

    def pause(self, limits: Limits, seconds: float) -> None:
        """Lets nobody ask for so long."""
        with self._lock:
            until = time.monotonic() + seconds
            self._paused[limits.name] = max(until, self._paused.get(limits.name, 0.0))


def _free_at(asked: list[tuple[float, int]], limits: Limits, wanted: int) -> float | None:
    """When there is room for one more with so many tokens; None where there is room now."""
    frees: list[float] = []
    if limits.requests is not None and len(asked) >= limits.requests:
        frees.append(asked[len(asked) - limits.requests][0] + limits.seconds)
    if limits.tokens is not None:
        over = sum(tokens for _, tokens in asked) + wanted - limits.tokens
        for at, tokens in asked:
            if over <= 0:
                break
            over -= tokens
            frees.append(at + limits.seconds)
    return max(frees, default=None)


def whole_ms(seconds: float) -> int:
    """Milliseconds, rounded up: nobody comes back too early."""
    return math.ceil(seconds * 1000)
