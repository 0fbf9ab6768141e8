"""Is a version approved? Computed from signatures and policies, never from a flag. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts.lifecycle.meanings import ACCEPTED, PASSWORD
from prompts.lifecycle.seats import Seat, Signer, remaining


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off as the rule reads it; ``evidence_intact``: the stored evidence still has its digest.

    ``ties``: how the signer was tied to the prompt when he signed (seats.TIES); ``seated``: the user name of
    whoever he signed for, where he took another's seat.
    """

    id: int
    username: str
    printed_name: str
    role: str
    meaning: str
    signed_at: datetime
    text_digest: str
    evidence_digest: str
    evidence_intact: bool
    authenticated_by: str = PASSWORD
    ties: frozenset[str] = frozenset()
    seated: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy asks: its name and version, its seats, and how many days the approval holds.

    ``waiting_hours`` pass at least between submission and the approval; ``authentication`` is what a signer
    must have proved (meanings.ACCEPTED), and no weaker signature counts.
    """

    policy: str
    seats: tuple[Seat, ...]
    validity_days: int
    waiting_hours: int = 0
    authentication: str = PASSWORD

    def lacking(self, signatures: Iterable[Signature]) -> list[Seat]:
        """The seats that these signatures, in the order of signing, leave empty."""
        accepted = ACCEPTED[self.authentication]
        strong = (row for row in signatures if row.authenticated_by in accepted)
        return remaining(
            self.seats, [Signer(row.seated or row.username, row.role, row.ties) for row in strong]
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """Every signature is there; ``expires_at`` is exclusive, ``request`` a key or None (synthetic).

    ``approved_at`` may lie ahead: then the time that the policy makes everybody wait is not over yet.
    """

    policy: str
    request: int | None
    signatures: tuple[Signature, ...]
    approved_at: datetime
    expires_at: datetime

    def is_valid(self, at: datetime) -> bool:
        """Whether it holds at that moment."""
        return self.approved_at <= at < self.expires_at


def counted(signatures: Iterable[Signature], text_digest: str, authors: frozenset[str]) -> list[Signature]:
    """Signatures that count: on this very text, with intact evidence, by no author, one for each person."""
    seen: set[str] = set()
    found = []
    for signature in sorted(signatures, key=lambda row: (row.signed_at, row.id)):
        name = signature.username.casefold()
        if signature.text_digest != text_digest or not signature.evidence_intact:
            continue
        if name in authors or name in seen:
            continue
        seen.add(name)
        found.append(signature)
    return found


def decide(
    *,
    request: int,
    signatures: Iterable[Signature],
    text_digest: str,
    authors: frozenset[str],
    terms: Sequence[Terms],
    submitted_at: datetime | None = None,
) -> Approval | None:
    """The approval that these signatures make under *all* terms (those at submission, those in force now).

    A stricter policy therefore holds at once, a laxer one only for later requests: every step of each must
    be full in its order, by signatures that are strong enough for it. The longest wait since
    ``submitted_at`` and the shortest validity, from the last signature on, count. None while a seat is
    empty, and for terms without a seat.
    """
    valid = counted(signatures, text_digest, authors)
    if not valid or not terms or any(not told.seats or told.lacking(valid) for told in terms):
        return None
    last = valid[-1].signed_at
    wait = timedelta(hours=max(told.waiting_hours for told in terms))
    approved_at = max(last, submitted_at + wait) if submitted_at else last
    days = min(told.validity_days for told in terms)
    return Approval(terms[0].policy, request, tuple(valid), approved_at, last + timedelta(days=days))
