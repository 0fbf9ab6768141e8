"""Say that something is wrong with the log, once, and that it is over.

Part of the caller's transaction. The entry is written as any other; that it may wait for its place is no
harm, since people are told from the row.
"""

from collections.abc import Iterable

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


def end_alarms(*, actor: LedgerActor, kinds: Iterable[Alarm.Kind]) -> int:
    """How many of these kinds lasted and have ended now; writes nothing where none did."""
    lasting = Alarm.objects.filter(kind__in=list(kinds), ended_at__isnull=True)
    return sum(_end(actor, key) for key in list(lasting.values_list("pk", flat=True)))


@transaction.atomic
def _end(actor: LedgerActor, key: int) -> bool:
    row = Alarm.objects.select_for_update().filter(pk=key, ended_at__isnull=True).first()
    if row is None:
        return False
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    payload = {"kind": row.kind}
    record(event=ALARM_ENDED, actor=actor, subject_type="ledger", subject=row.title, payload=payload)
    return True
