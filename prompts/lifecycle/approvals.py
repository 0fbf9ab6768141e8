"""Is a version approved? Computed from signatures and policies, never from a flag. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts.lifecycle.seats import Seat, remaining


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off as the rule reads it; ``evidence_intact``: the stored evidence still has its digest."""

    id: int
    username: str
    printed_name: str
    role: str
    meaning: str
    signed_at: datetime
    text_digest: str
    evidence_digest: str
    evidence_intact: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy asks: its name and version, its seats, and how many days the approval holds."""

    policy: str
    seats: tuple[Seat, ...]
    validity_days: int


@dataclass(frozen=True, slots=True)
class Approval:
    """Every signature is there; ``expires_at`` is exclusive, ``request`` a key or None (synthetic)."""

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
) -> Approval | None:
    """The approval that these signatures make under *all* terms (those at submission, those in force now).

    A stricter policy therefore holds at once, a laxer one only for later requests; the shortest validity
    counts. None while a seat is empty, and for terms without a seat.
    """
    valid = counted(signatures, text_digest, authors)
    roles = [signature.role for signature in valid]
    if not valid or not terms or any(not told.seats or remaining(told.seats, roles) for told in terms):
        return None
    approved_at = valid[-1].signed_at
    days = min(told.validity_days for told in terms)
    return Approval(terms[0].policy, request, tuple(valid), approved_at, approved_at + timedelta(days=days))
