"""Refusals of people who are not signed in: the first of a minute is an event, the rest a number in one."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.events import REFUSED_AGAIN
from audits.identity.models import RefusalTally
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record

KEPT = timedelta(days=1)


def is_first(event: EventKind, address: str, subject: str) -> bool:
    """Whether this is the first of its kind from this address within the minute; the others are counted."""
    minute = timezone.now().replace(second=0, microsecond=0)
    with transaction.atomic():
        row, made = RefusalTally.objects.get_or_create(
            event=event.name, address=address[:64], subject=subject[:400], minute=minute
        )
        if not made:
            RefusalTally.objects.filter(pk=row.pk).update(more=F("more") + 1)
    return made


@verb
def tell_counts(*, actor: Actor) -> int:
    """Writes one event for each minute that is over and had more than one refusal; says how many it wrote."""
    now = timezone.now()
    over = RefusalTally.objects.select_for_update().filter(minute__lte=now - timedelta(minutes=2), told=False)
    told = 0
    for row in over.order_by("pk")[:1000]:
        if row.more:
            record(
                event=REFUSED_AGAIN,
                actor=actor,
                subject_type="address",
                subject=row.subject or row.address,
                payload={
                    "event": row.event,
                    "address": row.address,
                    "minute": row.minute.isoformat(),
                    "more": row.more,
                },
            )
            told += 1
        RefusalTally.objects.filter(pk=row.pk).update(told=True)
    RefusalTally.objects.filter(told=True, minute__lt=now - KEPT).delete()
    return told
