"""Ask for an export, and think better of it."""

import uuid
from typing import Any

from django.utils import timezone

from audits.exports.collectors import PackAsk
from audits.exports.events import EXPORT_CANCELLED
from audits.exports.models import Export
from audits.exports.models.export import PACK
from audits.exports.services.export_pack import note_pack
from audits.exports.services.export_trail import note_trail
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused
from audits.identity.models import User
from audits.identity.verbs import verb
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Event
from audits.ledger.services import record

MOST_WAITING = 10
"""Exports of one person that may be on their way at once."""


@verb
def request_trail(*, actor: Actor, format: str, asked: TrailFilter) -> Export:
    """Leaves a queued export of the trail; the caller has ``dispatch`` send it.

    Raises ``Refused``, ``Unacceptable`` for an unknown format, ``Conflict`` where too many are on their way.
    """
    user, identity = _room_for_one_more(actor), uuid.uuid4()
    noted = note_trail(actor=actor, format=format, asked=asked, export=str(identity))
    return _queue(user, identity, noted, format, asked.as_dict())


@verb
def request_pack(*, actor: Actor, asked: PackAsk) -> Export:
    """The same for an evidence pack; raises ``NotThere`` for what the actor may not see."""
    user, identity = _room_for_one_more(actor), uuid.uuid4()
    noted = note_pack(actor=actor, asked=asked, export=str(identity))
    return _queue(user, identity, noted, PACK, asked.as_dict())


@verb
def cancel_export(*, actor: Actor, export_id: int) -> Export:
    """Ends an export that is not over; its worker notices within seconds and leaves nothing behind."""
    row = own_export(actor, export_id)
    waiting = Export.objects.filter(pk=row.pk, state__in=[Export.State.QUEUED, Export.State.RUNNING])
    ended = waiting.update(
        state=Export.State.CANCELLED, claim="", lease_until=None, finished_at=timezone.now()
    )
    if not ended:
        raise Conflict("It is over already.")
    payload = {"export": str(row.uuid)}
    record(event=EXPORT_CANCELLED, actor=actor, subject_type="export", subject=row.subject, payload=payload)
    row.refresh_from_db()
    return row


def own_export(actor: Actor, export_id: int) -> Export:
    """The export, if it is the actor's; else ``NotThere``."""
    row = Export.objects.filter(pk=export_id, requested_by=actor.user).first() if actor.user else None
    if row is None:
        raise NotThere("There is no such export of yours.")
    return row


def _room_for_one_more(actor: Actor) -> User:
    if actor.user is None:
        raise Refused("People ask for exports here; programs and shells make theirs themselves.")
    waiting = Export.objects.filter(
        requested_by=actor.user, state__in=[Export.State.QUEUED, Export.State.RUNNING]
    )
    if waiting.count() >= MOST_WAITING:
        raise Conflict(f"{MOST_WAITING} exports of yours are on their way. Cancel one, or wait for it.")
    return actor.user


def _queue(user: User, identity: uuid.UUID, noted: Event, format: str, asked: dict[str, Any]) -> Export:
    return Export.objects.create(
        uuid=identity,
        format=format,
        asked=asked,
        subject=noted.subject,
        requested_by=user,
        noted=noted,
    )
