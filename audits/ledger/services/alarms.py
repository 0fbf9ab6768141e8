"""Say that something is wrong with the log, once, and that it is over.

Part of the caller's transaction. The entry is written as any other; that it may wait for its place is no
harm, since people are told from the row.
"""

from django.db import transaction
from django.utils import timezone

from audits.ledger.events import ALARM_ENDED, ALARM_RAISED
from audits.ledger.models import Alarm
from audits.ledger.services.record_event import LedgerActor, record


@transaction.atomic
def raise_alarm(*, actor: LedgerActor, kind: Alarm.Kind, reason: str) -> Alarm:
    """The alarm of that kind; raised now unless it lasts already, in which case its reason stays."""
    Alarm.objects.bulk_create(
        [Alarm(kind=kind, reason=reason, raised_at=timezone.now())], ignore_conflicts=True
    )
    row = Alarm.objects.select_for_update().get(kind=kind, ended_at__isnull=True)
    if not row.noted:
        event = record(
            event=ALARM_RAISED,
            actor=actor,
            subject_type="ledger",
            subject=row.title,
            payload={"kind": kind.value, "reason": reason},
        )
        row.event, row.noted = event.uuid, True
        row.save(update_fields=["event", "noted"])
    return row


@transaction.atomic
def end_alarm(*, actor: LedgerActor, kind: Alarm.Kind) -> bool:
    """Whether one of that kind lasted and has ended now."""
    row = Alarm.objects.select_for_update().filter(kind=kind, ended_at__isnull=True).first()
    if row is None:
        return False
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    payload = {"kind": kind.value}
    record(event=ALARM_ENDED, actor=actor, subject_type="ledger", subject=row.title, payload=payload)
    return True
