"""Ask within the limits, and ask again where that may help: the one place that waits for a provider."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from audits.notices.outgoing import AnswerTooLong, OutgoingRefused
from prompts.evaluations.providers.answers import ProviderFault
from prompts.evaluations.providers.limits import Limits
from prompts.evaluations.providers.pace import Pace
from prompts.evaluations.providers.shared_pace import PACE

R = TypeVar("R")
AGAIN = {408, 409, 429, 500, 502, 503, 504, 529}
FIRST_WAIT = 0.5
LONGEST_WAIT = 15 * 60.0
"""Seconds; a provider that asks for more is not waited for: what is asked meanwhile ends with a fault."""
LONGEST_PAUSE = 60 * 60.0
USUAL_PATIENCE = 60.0
"""Seconds that are waited where nobody set an end."""


class NotNow(Exception):
    """It is not this question's turn before the time that was set; it was not asked, and may be later."""


@dataclass(slots=True)
class Patience:
    """Whose limits hold, how often to ask again, and until when to wait (``time.monotonic``).

    Limits without a name are nobody's: they are not kept. Without ``until`` a turn that does not come soon is
    a fault; with it, ``NotNow``. ``stop`` ends all waits.
    """

    limits: Limits = field(default_factory=Limits)
    retries: int = 2
    until: float | None = None
    pace: Pace = PACE
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self, call: Callable[[], R], tokens: int, taken: Callable[[R], int | None]) -> R:
        """What ``call`` returns. ``tokens`` are reserved before and set right by ``taken`` of the answer."""
        attempt = 0
        while True:
            ticket = self._turn(tokens)
            try:
                answer = call()
            except Exception as error:
                wait = _wait(error, attempt)
                if getattr(error, "status_code", None) == 429 and self.limits.name:
                    self.pace.pause(self.limits, min(wait, LONGEST_PAUSE))
                if attempt == self.retries or not _may_help(error) or wait > LONGEST_WAIT:
                    raise
                self._sleep(wait)
                attempt += 1
            else:
                if (took := taken(answer)) is not None:
                    self.pace.settle(self.limits, ticket, took)
                return answer

    def _turn(self, tokens: int) -> str:
        if not self.limits.name:
            return ""
        patience = time.monotonic() + USUAL_PATIENCE if self.until is None else self.until
        while True:
            ticket, wait = self.pace.take(self.limits, tokens)
            if ticket:
                return ticket
            late = time.monotonic() + wait > patience
            if wait > LONGEST_WAIT or (late and self.until is None):
                raise ProviderFault(
                    f"The provider's limit is used up; it may be asked again in {_span(wait)}.",
                    "rate_limited",
                )
            self._sleep(wait)

    def _sleep(self, seconds: float) -> None:
        """Waits, but not beyond the end that was set: the rest of the wait is then the next one's."""
        left = seconds if self.until is None else self.until - time.monotonic()
        if self.stop.wait(max(0.0, min(seconds, left))) or seconds > left:
            raise NotNow


def _span(seconds: float) -> str:
    return f"{round(seconds)} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < 10:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def _may_help(error: BaseException) -> bool:
    """Whether asking again is worth it: the provider was busy, or the connection was lost."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status in AGAIN
    chain = _chain(error)
    if any(isinstance(link, OutgoingRefused | AnswerTooLong | ProviderFault) for link in chain):
        return False
    names = [type(link).__name__ for link in chain]
    return any(word in name for name in names for word in ("Connect", "Timeout", "RemoteProtocol"))


def _wait(error: BaseException, attempt: int) -> float:
    """Seconds until the next attempt: ``Retry-After`` in seconds or as a date (RFC 9110 §10.2.3)."""
    headers: Any = getattr(getattr(error, "response", None), "headers", {})
    raw = str(headers.get("retry-after", "")).strip()
    if raw.isdecimal() and len(raw) < 10:
        return float(raw)
    try:
        return max(0.0, parsedate_to_datetime(raw).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return FIRST_WAIT * 2.0**attempt
