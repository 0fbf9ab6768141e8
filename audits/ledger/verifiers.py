"""What upper rooms let the ledger check of their own records, registered at start-up (``AppConfig.ready``).

A verifier compares a room's records with what the events say of them (such as frozen texts with digests)
and gives one ``Fault`` for each difference; it is called after the log itself was found sound.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that does not verify: its subject, the reason, and its entry's position where there is one."""

    subject: str
    reason: str
    position: int | None = None


Verifier = Callable[[], Iterable[Fault]]
_verifiers: dict[str, Verifier] = {}


def register(kind: str, verifier: Verifier) -> None:
    """Adds the verifier of one kind of records (``version``, ``sign-off``).

    The same one again changes nothing; another under a taken name raises ``ValueError``.
    """
    if _verifiers.setdefault(kind, verifier) is not verifier:
        raise ValueError(f"the verifier of {kind!r} is registered twice")


def registered() -> dict[str, Verifier]:
    """All verifiers by kind, in the order of registration."""
    return dict(_verifiers)
