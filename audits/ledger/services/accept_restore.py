"""Go on with a database that is older than what was signed: told in the log, never passed over in silence.

What was recorded between the backup and the loss is gone, and whoever holds a checkpoint of then will see
that the log does not continue it. The entry says which one it was, who decided to go on, and why.
"""

from functools import partial

from django.db import transaction

from audits.ledger import notes, outside
from audits.ledger.events import LOG_RESTORED
from audits.ledger.models import Event
from audits.ledger.selectors import newest_checkpoint
from audits.ledger.services.record_event import LedgerActor, record


class NothingLost(Exception):
    """The database is not behind any checkpoint that is kept outside."""


@transaction.atomic
def accept_restore(*, actor: LedgerActor, reason: str) -> Event:
    """Records what was lost; from then on the sequencer signs again. Raises ``NothingLost``."""
    head = newest_checkpoint()
    places = outside.known(notes.parse(head.note).tree.origin, everywhere=True) if head else []
    lost = [place for place in places if head and outside.fault_against(head, [place])]
    if head is None or not lost:
        raise NothingLost("The database has everything that was signed: there is nothing to accept.")
    furthest = max(lost, key=lambda place: place.note.tree.size)
    event = record(
        event=LOG_RESTORED,
        actor=actor,
        subject_type="ledger",
        subject="the audit trail",
        reason=reason,
        payload={
            "kept": [head.size, head.root],
            "lost": [furthest.note.tree.size, furthest.note.tree.root],
            "known_from": sorted({place.where for place in lost}),
        },
    )
    origin = notes.parse(head.note).tree.origin
    transaction.on_commit(partial(outside.keep_beside_key, origin, head.note))
    return event
