"""Make notices of what the ledger recorded since the last time.

Positions in the ledger are gapless and only grow, so one number says up to where people were told; an event
that was committed late gets a later position. Run twice or at once, each person is told once.
"""

import json

from django.db import transaction

from audits.identity.models import User
from audits.ledger.events import kind
from audits.ledger.models import Event, Leaf
from audits.ledger.selectors import tree_size
from audits.notices.models import Notice, Told
from audits.notices.services.inbox import give
from portal.tidings import TIDINGS
from prompts.registry.models import Prompt

BATCH = 200
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
    for leaf in leaves:
        give(notices_of(leaf.event))
    told.position = leaves[-1].position if len(leaves) == BATCH else end
    told.save(update_fields=["position"])
    return len(leaves)


def notices_of(event: Event) -> list[Notice]:
    """The notices of one event, the first words for each person; never for whoever did it."""
    name = event.subject.partition("@")[0]
    prompt = Prompt.objects.filter(name=name).first()
    if prompt is None or event.payload is None:
        return []
    found: dict[int, Notice] = {}
    for tiding in TIDINGS[event.event](prompt, json.loads(event.payload)):
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
