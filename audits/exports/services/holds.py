"""Place a legal hold, and release it by another person."""

from django.utils import timezone

from audits.exports.events import HOLD_PLACED, HOLD_RELEASED
from audits.exports.models import LegalHold
from audits.exports.policies import HoldPolicy
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.events import EventKind, kinds
from audits.ledger.services import record

Scope = LegalHold.Scope


@verb
def place_hold(*, actor: Actor, scope: str, name: str, reason: str, reference: str) -> LegalHold:
    """Holds it from now on, whatever periods and proposals say. Raises ``Refused`` and ``Unacceptable``."""
    HoldPolicy(actor).require("place")
    row = LegalHold.objects.create(
        scope=scope,
        name=_name(scope, name.strip()),
        reason=text(reason, "reason", 1000, "Say why, in at most 1,000 characters."),
        reference=text(
            reference, "reference", 200, "Name the case or the request, in at most 200 characters."
        ),
        placed_by=actor.name,
    )
    _tell(HOLD_PLACED, actor, row, row.reason)
    return row


@verb
def release_hold(*, actor: Actor, hold_id: int, reason: str) -> LegalHold:
    """Ends it: what is due goes with the next run. Raises ``Refused`` for whoever placed it, ``Conflict``."""
    row = LegalHold.objects.select_for_update().filter(pk=hold_id).first()
    if row is None:
        raise NotThere("There is no such hold.")
    if not row.is_active:
        raise Conflict(f"It was released before, by {row.released_by}.")
    HoldPolicy(actor).require("release", row)
    row.release_reason = text(reason, "reason", 1000, "Say why, in at most 1,000 characters.")
    row.released_by, row.released_at = actor.name, timezone.now()
    row.save()
    _tell(HOLD_RELEASED, actor, row, row.release_reason)
    return row


def text(value: str, field: str, longest: int, words: str) -> str:
    """The value without space around it; raises ``Unacceptable`` for none, a too long one, or a NUL."""
    value = value.strip()
    if not value or "\0" in value or len(value) > longest:
        raise Unacceptable(words, field=field)
    return value


def _name(scope: str, name: str) -> str:
    if scope not in Scope.values:
        raise Unacceptable("Choose what is held.", field="scope")
    if scope == Scope.EVERYTHING:
        if name:
            raise Unacceptable("A hold on everything has no name.", field="name")
        return ""
    name = text(name, "name", 400, "Name what is held, as the trail names it.")
    if scope == Scope.KIND and name not in kinds():
        raise Unacceptable(f"There is no kind of entries {name[:80]!r}.", field="name")
    if scope == Scope.RUN:
        number = name.removeprefix("run").strip()
        if not (number.isascii() and number.isdigit() and len(number) < 15):
            raise Unacceptable("A run is named by its number.", field="name")
        return f"run {int(number)}"
    return name


def _tell(event: EventKind, actor: Actor, row: LegalHold, reason: str) -> None:
    record(
        event=event,
        actor=actor,
        subject_type="hold",
        subject=row.words[:400],
        reason=reason,
        payload={
            "hold": row.pk,
            "scope": row.scope,
            "name": row.name,
            "reference": row.reference,
            "placed_by": row.placed_by,
        },
    )
