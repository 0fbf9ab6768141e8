"""Put notices into people's inboxes, and mark them as read.

An inbox is a person's own: reading changes nothing that anybody else relies on, so the ledger, of whose
events notices are made, does not hear of it.
"""

from collections.abc import Iterable

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.verbs import verb
from audits.notices.models import Notice


def give(notices: Iterable[Notice]) -> None:
    """Stores them; one that a person has for the same event already is left out."""
    Notice.objects.bulk_create(list(notices), ignore_conflicts=True, batch_size=500)


@verb
def mark_read(*, actor: Actor, notice_ids: Iterable[int] | None = None) -> int:
    """Marks the person's own notices as read, all of them unless told which; returns how many there were."""
    if actor.user is None:
        raise Refused("Only people have an inbox.")
    rows = Notice.objects.filter(user=actor.user, read_at__isnull=True)
    if notice_ids is not None:
        rows = rows.filter(pk__in=list(notice_ids))
    return rows.update(read_at=timezone.now())
