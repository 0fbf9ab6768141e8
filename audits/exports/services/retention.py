"""Set how long the content of a kind of entries is kept: a shorter time takes two people."""

from django.utils import timezone

from audits.exports.events import RETENTION_PROPOSED, RETENTION_REFUSED, RETENTION_SET
from audits.exports.held import why_kept
from audits.exports.models import Retention, RetentionChange
from audits.exports.periods import Period, is_shorter
from audits.exports.policies import RetentionPolicy
from audits.exports.services.holds import text
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.events import EventKind, kinds
from audits.ledger.services import record

WHY = "Say why, in at most 1,000 characters."


def checked(kind: str, period: Period | None) -> None:
    """Raises ``Unacceptable`` for a kind that is not there or is kept for ever, and for a bad period."""
    if kind not in kinds():
        raise Unacceptable(f"There is no kind of entries {kind[:80]!r}.", field="kind")
    if period is None:
        return
    if why_not := why_kept(kind):
        raise Unacceptable(f"{kind} is kept for ever. {why_not}", field="kind")
    if why_not := period.why_not():
        raise Unacceptable(why_not, field="amount")


@verb
def set_retention(
    *, actor: Actor, kind: str, period: Period | None, reason: str
) -> Retention | RetentionChange:
    """Sets the period (None: for ever), or where it is shorter than now, proposes it to a second person.

    Raises ``Refused``, ``Unacceptable``, and ``Conflict`` where it is so already or another change waits.
    """
    RetentionPolicy(actor).require("set")
    checked(kind, period)
    reason = text(reason, "reason", 1000, WHY)
    now = timezone.now()
    row = Retention.objects.select_for_update().filter(kind=kind).first()
    old = row.period if row else None
    if old == period:
        raise Conflict("It is so already.", field="amount")
    if RetentionChange.objects.filter(kind=kind, state=RetentionChange.State.OPEN).exists():
        raise Conflict("Another change of this period waits for a second person.")
    if period is not None and is_shorter(period, old, now):
        change = RetentionChange.objects.create(
            kind=kind, amount=period.amount, unit=period.unit, reason=reason, proposed_by=actor.name
        )
        payload = {"change": change.pk, "period": [_told(old), _told(period)]}
        _tell(RETENTION_PROPOSED, actor, kind, reason, payload)
        return change
    return _set(actor, kind, period, reason, set_by=actor.name, confirmed_by="")


@verb
def confirm_retention(*, actor: Actor, change_id: int) -> Retention:
    """The shorter period holds from now on. Raises ``Refused`` for whoever proposed it, ``Conflict``."""
    change = _open(change_id)
    RetentionPolicy(actor).require("confirm", change)
    checked(change.kind, change.period)
    _decide(change, actor, RetentionChange.State.DONE)
    return _set(
        actor, change.kind, change.period, change.reason, set_by=change.proposed_by, confirmed_by=actor.name
    )


@verb
def refuse_retention(*, actor: Actor, change_id: int, reason: str) -> RetentionChange:
    """Says no; whoever proposed it takes it back the same way."""
    change = _open(change_id)
    RetentionPolicy(actor).require("refuse", change)
    reason = text(reason, "reason", 1000, WHY)
    _decide(change, actor, RetentionChange.State.REFUSED)
    _tell(RETENTION_REFUSED, actor, change.kind, reason, {"change": change.pk})
    return change


def _set(
    actor: Actor, kind: str, period: Period | None, reason: str, *, set_by: str, confirmed_by: str
) -> Retention:
    row = Retention.objects.select_for_update().filter(kind=kind).first() or Retention(kind=kind)
    old = row.period
    row.amount = period.amount if period else None
    row.unit = period.unit if period else row.unit
    row.reason, row.set_by, row.confirmed_by, row.set_at = reason, set_by, confirmed_by, timezone.now()
    row.save()
    payload: dict[str, object] = {
        "period": [_told(old), _told(period)], "set_by": set_by, "confirmed_by": confirmed_by,
    }  # fmt: skip
    _tell(RETENTION_SET, actor, kind, reason, payload)
    return row


def _told(period: Period | None) -> str:
    return str(period) if period else "for ever"


def _open(change_id: int) -> RetentionChange:
    row = RetentionChange.objects.select_for_update().filter(pk=change_id).first()
    if row is None:
        raise NotThere("There is no such proposal.")
    if row.state != RetentionChange.State.OPEN:
        raise Conflict(f"It is over: {row.get_state_display()} by {row.decided_by}.")
    return row


def _decide(row: RetentionChange, actor: Actor, state: RetentionChange.State) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.name, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _tell(event: EventKind, actor: Actor, kind: str, reason: str, payload: dict[str, object]) -> None:
    record(event=event, actor=actor, subject_type="kind", subject=kind, reason=reason, payload=payload)
