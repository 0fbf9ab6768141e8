"""What is fetched of finished exports, and what happens to those that nobody needs any more."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from audits.exports.collectors import PackAsk
from audits.exports.events import EXPORT_EXPIRED, EXPORT_FETCHED
from audits.exports.models import Export
from audits.exports.services.export_pack import require_pack
from audits.exports.services.export_trail import require_trail
from audits.exports.services.request_export import own_export
from audits.exports.services.work_on_export import WORKER, remove_files
from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from audits.identity.verbs import verb
from audits.ledger.models import Event
from audits.ledger.services import record

SEND_AGAIN = timedelta(seconds=90)
GOES_ON = timedelta(days=1)
"""So long an interrupted download may go on under one entry."""
MOST = 200
GONE = "Its file is no longer there. Ask for the export again."


@verb
def fetch_export(*, actor: Actor, export_id: int, begins: bool = True) -> Export:
    """The actor's own finished export with its file at ``path``; what is fetched is an entry.

    ``begins`` is false where an interrupted download goes on. That needs the entry of its beginning, of the
    last day, or is one itself: else a download could leave out the first byte, and so its entry. Raises
    ``NotThere``, and ``Refused`` where the actor may no longer make such an export.
    """
    row = own_export(actor, export_id)
    if row.is_pack:
        require_pack(actor, PackAsk.read(row.asked))
    else:
        require_trail(actor, row.format)
    if row.state != Export.State.DONE or not row.path.is_file():
        raise NotThere(GONE)
    if begins or not _has_begun(actor, row):
        payload = {"export": str(row.uuid), "sha256": row.digest}
        record(event=EXPORT_FETCHED, actor=actor, subject_type="export", subject=row.subject, payload=payload)
    return row


def _has_begun(actor: Actor, row: Export) -> bool:
    """Whether an entry tells that this person began to fetch the file lately."""
    told = Event.objects.filter(actor=actor.name, event=EXPORT_FETCHED.name, payload__contains=str(row.uuid))
    return told.filter(recorded_at__gt=timezone.now() - GOES_ON).exists()


def lost_exports(*, now: datetime) -> list[Export]:
    """Queued ones not sent, or sent longer ago than a busy queue needs; those whose lease has passed."""
    unsent = Q(state=Export.State.QUEUED) & (Q(sent_at__isnull=True) | Q(sent_at__lt=now - SEND_AGAIN))
    left = Q(state=Export.State.RUNNING, lease_until__lt=now)
    return list(Export.objects.filter(unsent | left).only("pk", "state").order_by("pk")[:MOST])


def expire_exports(*, now: datetime) -> int:
    """Removes files whose time is over; returns how many."""
    due = Export.objects.filter(state=Export.State.DONE, expires_at__lt=now).order_by("pk")
    return sum(_expire(actor=WORKER, row=row) for row in list(due[:MOST]))


@verb
def _expire(*, actor: Actor, row: Export) -> bool:
    if not Export.objects.filter(pk=row.pk, state=Export.State.DONE).update(state=Export.State.EXPIRED):
        return False
    payload = {"export": str(row.uuid), "sha256": row.digest}
    record(event=EXPORT_EXPIRED, actor=actor, subject_type="export", subject=row.subject, payload=payload)
    remove_files(row)
    return True
