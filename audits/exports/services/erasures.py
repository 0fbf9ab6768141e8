"""Have the content of entries erased: one person proposes, another one confirms or refuses."""

import re

from django.utils import timezone

from audits.exports.events import ERASURE_PROPOSED, ERASURE_REFUSED
from audits.exports.held import held, holds
from audits.exports.models import ErasureProposal
from audits.exports.policies import ErasurePolicy
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.models import Event
from audits.ledger.services import record
from audits.ledger.services.erase_payloads import MOST, NotErased, erase_payloads, in_words, why_not_erase

PART = re.compile(r"(\d{1,15})(?:\s*(?:-|to)\s*(\d{1,15}))?")


def read_positions(text: str) -> list[int]:
    """``3, 5-7`` as numbers; raises ``Unacceptable``."""
    found: set[int] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = PART.fullmatch(part)
        if match is None:
            raise Unacceptable(f"{part[:40]!r} is no number of an entry; write 3, 5-7.", field="positions")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= MOST:
            raise Unacceptable(f"{part[:40]!r} is no stretch of at most {MOST} entries.", field="positions")
        found |= set(range(first, last + 1))
    return sorted(found)


@verb
def propose_erasure(*, actor: Actor, positions: str, reason: str) -> ErasureProposal:
    """Asks for it. Raises ``Refused`` and ``Unacceptable``."""
    ErasurePolicy(actor).require("propose")
    places = read_positions(positions)
    if why_not := why_not_erase(places, held()):
        raise Unacceptable(why_not, field="positions")
    row = ErasureProposal.objects.create(positions=places, reason=_reason(reason), proposed_by=actor.name)
    record(
        event=ERASURE_PROPOSED,
        actor=actor,
        subject_type="entry",
        subject=in_words(places)[:400],
        reason=row.reason,
        payload={"proposal": row.pk, "positions": places},
    )
    return row


@verb
def confirm_erasure(*, actor: Actor, proposal_id: int) -> Event:
    """Erases. Raises ``Refused`` for whoever proposed it, ``Conflict`` where it is over or cannot be done."""
    row = _open(proposal_id)
    ErasurePolicy(actor).require("confirm", row)
    _decide(row, actor, ErasureProposal.State.DONE)
    try:
        return erase_payloads(
            actor=actor,
            positions=row.positions,
            reason=row.reason,
            proposed_by=row.proposed_by,
            holds=holds(),
        )
    except NotErased as error:
        raise Conflict(str(error)) from error


@verb
def refuse_erasure(*, actor: Actor, proposal_id: int, reason: str) -> ErasureProposal:
    """Says no; whoever proposed it takes it back the same way."""
    row = _open(proposal_id)
    ErasurePolicy(actor).require("refuse", row)
    _decide(row, actor, ErasureProposal.State.REFUSED)
    record(
        event=ERASURE_REFUSED,
        actor=actor,
        subject_type="entry",
        subject=in_words(row.positions)[:400],
        reason=_reason(reason),
        payload={"proposal": row.pk},
    )
    return row


def _open(proposal_id: int) -> ErasureProposal:
    row = ErasureProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise NotThere("There is no such proposal.")
    if row.state != ErasureProposal.State.OPEN:
        raise Conflict(f"It is over: {row.get_state_display()} by {row.decided_by}.")
    return row


def _decide(row: ErasureProposal, actor: Actor, state: ErasureProposal.State) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.name, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _reason(reason: str) -> str:
    if not reason.strip() or "\0" in reason or len(reason) > 1000:
        raise Unacceptable("Say why, in at most 1,000 characters; not the value itself.", field="reason")
    return reason.strip()
