"""Make notices of what the ledger recorded since the last time.

Positions in the ledger are gapless and only grow, so one number says up to where people were told; an event
that was committed late gets a later position. Run twice or at once, each person is told once.
"""

import json
import logging

from django.db import OperationalError, transaction

from audits.identity.models import User
from audits.ledger.events import kind
from audits.ledger.models import Event, Leaf
from audits.ledger.selectors import tree_size
from audits.notices.models import Notice, Told
from audits.notices.services.inbox import give
from portal.tidings import TIDINGS, Audience
from prompts.registry.models import Prompt

log = logging.getLogger("imprimatur.portal")

BATCH = 50
EVERY_SECONDS = 5


def tell_people() -> int:
    """Tells all that is new, one transaction per batch; returns how many events were told."""
    told = 0
    while (batch := _one_batch()) is not None:
        told += batch
    return told


@transaction.atomic
def _one_batch() -> int | None:
    """How many events of the next batch were told; None where nothing is left."""
    told, _ = Told.objects.select_for_update().get_or_create(pk=1, defaults={"position": tree_size() - 1})
    end = tree_size() - 1
    if told.position >= end:
        return None
    rows = Leaf.objects.filter(position__gt=told.position, position__lte=end, event__event__in=list(TIDINGS))
    leaves = list(rows.select_related("event").order_by("position")[:BATCH])
    audience = Audience()
    for leaf in leaves:
        _tell(leaf.event, audience)
    told.position = leaves[-1].position if len(leaves) == BATCH else end
    told.save(update_fields=["position"])
    return len(leaves)


def _tell(event: Event, audience: Audience) -> None:
    """One event; one that cannot be told is logged and left out, so that all that follow are told."""
    try:
        with transaction.atomic():
            give(notices_of(event, audience))
    except OperationalError:
        raise
    except Exception:
        log.exception("the event %s could not be told", event.uuid)


def notices_of(event: Event, audience: Audience) -> list[Notice]:
    """The notices of one event, the first words for each person; never for whoever did it."""
    name = event.subject.partition("@")[0]
    prompt = Prompt.objects.filter(name=name).first()
    if prompt is None or event.payload is None:
        return []
    found: dict[int, Notice] = {}
    for tiding in TIDINGS[event.event](prompt, json.loads(event.payload), audience):
        for user in tiding.users:
            if user.username != event.actor and user.pk not in found:
                found[user.pk] = Notice(
                    user=user,
                    event=event.uuid,
                    kind=event.event,
                    words=(tiding.words or _words(event))[:600],
                    subject=prompt.name,
                    address=tiding.address,
                    reason=event.reason[:300],
                    at=event.recorded_at,
                )
    return list(found.values())


def _words(event: Event) -> str:
    who = User.objects.filter(username=event.actor).first()
    return kind(event.event).sentence.format(actor=str(who or event.actor), subject=event.subject)
