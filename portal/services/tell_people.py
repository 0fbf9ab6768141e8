"""Make notices, and messages for webhooks, of what the ledger recorded since the last time.

Positions in the ledger are gapless and only grow, so one number says up to where people were told; an event
that was committed late gets a later position. Run twice or at once, each person is told once, and so is each
endpoint.
"""

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import OperationalError, transaction
from django.utils import timezone

from audits.identity.models import User
from audits.ledger.events import kind
from audits.ledger.models import Event, Leaf
from audits.ledger.selectors import tree_size
from audits.notices.models import Delivery, Notice, Told
from audits.notices.services.deliveries import queue
from audits.notices.services.inbox import give
from audits.notices.services.letters import address_to
from portal.audience import Audience
from portal.mail import wants_mail
from portal.tidings import HOUSE, TIDINGS, Tiding
from portal.webhook_bodies import Routes
from prompts.registry.models import Prompt

log = logging.getLogger("imprimatur.portal")

BATCH = 50
EVERY_SECONDS = 5
T = TypeVar("T")


def tell_people(*, quietly: bool = False) -> int:
    """Tells all that is new, one transaction per batch; returns how many events were told.

    ``quietly``: notices count as read, nothing is mailed and no webhook called.
    """
    told = 0
    while (batch := _one_batch(quietly)) is not None:
        told += batch
    return told


@transaction.atomic
def _one_batch(quietly: bool) -> int | None:
    """How many events of the next batch were told; None where nothing is left."""
    told, _ = Told.objects.select_for_update().get_or_create(pk=1, defaults={"position": tree_size() - 1})
    end = tree_size() - 1
    if told.position >= end:
        return None
    rows = Leaf.objects.filter(position__gt=told.position, position__lte=end)
    rows = rows.filter(event__event__in=[*TIDINGS, *HOUSE])
    leaves = list(rows.select_related("event").order_by("position")[:BATCH])
    if leaves:
        _tell(leaves, quietly)
    told.position = leaves[-1].position if len(leaves) == BATCH else end
    told.save(update_fields=["position"])
    return len(leaves)


def _tell(leaves: list[Leaf], quietly: bool) -> None:
    names = {leaf.event.subject.partition("@")[0] for leaf in leaves if leaf.event.event in TIDINGS}
    prompts = {row.name: row for row in Prompt.objects.filter(name__in=names).select_related("collection")}
    actors = {leaf.event.actor for leaf in leaves}
    called = {user.username: str(user) for user in User.objects.filter(username__in=actors)}
    audience, routes = Audience(prompts.values()), Routes()
    notices: list[Notice] = []
    deliveries: list[Delivery] = []
    for leaf in leaves:
        event, prompt = leaf.event, prompts.get(leaf.event.subject.partition("@")[0])
        if event.payload is None or (prompt is None and event.event in TIDINGS):
            continue
        found = _safely(event, partial(_tidings, event, prompt, audience))
        notices += _notices(event, prompt, found, audience, called)
        address = found[0].address if found else ""
        about = prompt if event.event in TIDINGS else None
        deliveries += _safely(
            event, partial(routes.deliveries, event, leaf.position, about, audience, address)
        )
    if quietly:
        now = timezone.now()
        for notice in notices:
            notice.read_at, notice.mail = now, ""
        give(notices)
        return
    address_to(notices)
    give(notices)
    queue(deliveries)


def _safely(event: Event, work: Callable[[], list[T]]) -> list[T]:
    """An event that cannot be told is logged and left out, so that all that follow are told."""
    try:
        with transaction.atomic():
            return work()
    except OperationalError:
        raise
    except Exception:
        log.exception("the event %s could not be told", event.uuid)
        return []


def _tidings(event: Event, prompt: Prompt | None, audience: Audience) -> list[Tiding]:
    payload = json.loads(event.payload or "{}")
    if event.event in HOUSE:
        return list(HOUSE[event.event].find(event, payload))
    assert prompt is not None  # noqa: S101  the caller has looked
    return list(TIDINGS[event.event].find(prompt, payload, audience))


def _notices(
    event: Event,
    prompt: Prompt | None,
    tidings: list[Tiding],
    audience: Audience,
    called: dict[str, str],
) -> list[Notice]:
    """The notices of one event, the first words for each person; never for whoever did it."""
    found: dict[int, Notice | None] = {}
    line = HOUSE.get(event.event) or TIDINGS[event.event]
    own = kind(event.event).sentence.format(actor=called.get(event.actor, event.actor), subject=event.subject)
    for tiding in tidings:
        audience.meet(tiding.users)
        for user in tiding.users:
            if user.username == event.actor or user.pk in found:
                continue
            choice = audience.choice(user, line.topic)
            if not (choice.inbox or tiding.is_direct):
                found[user.pk] = None
                continue
            found[user.pk] = Notice(
                user=user,
                event=event.uuid,
                kind=event.event,
                words=(tiding.words or own)[:600],
                subject="" if event.event in HOUSE or prompt is None else prompt.name,
                address=tiding.address,
                reason=event.reason[:300],
                at=event.recorded_at,
                mail=choice.mail if choice.mail != "never" and wants_mail(user) else "",
            )
    return [notice for notice in found.values() if notice is not None]
