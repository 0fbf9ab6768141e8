"""Queue messages for endpoints, and look after their rows."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere
from audits.identity.verbs import verb
from audits.notices.models import Delivery, Endpoint, Letter
from audits.notices.policies import EndpointPolicy
from audits.notices.webhooks import MOST_BYTES

TEST = "notices.webhook.test"
KEPT = timedelta(days=90)
"""Rows that are over are kept for so long."""


def envelope(kind: str, at: datetime, data: dict[str, Any]) -> str:
    """The body as Standard Webhooks has it: type, timestamp, data. Raises ``ValueError`` if too long."""
    body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, separators=(",", ":"))
    if len(body) > MOST_BYTES:  # ASCII: characters are bytes
        raise ValueError(f"The body of {kind} has {len(body)} bytes.")
    return body


def queue(deliveries: Iterable[Delivery]) -> None:
    """Stores them; one that its endpoint has for the same event already is left out."""
    Delivery.objects.bulk_create(list(deliveries), ignore_conflicts=True, batch_size=500)


@verb
def queue_test(*, actor: Actor, endpoint_id: int) -> Delivery:
    """A message of no event, to see whether it arrives; raises ``Conflict`` where the endpoint is off."""
    EndpointPolicy(actor).require("configure")
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotThere("There is no such webhook.")
    if not endpoint.is_enabled:
        raise Conflict(f"The webhook {endpoint} is off; turn it on first.")
    now = timezone.now()
    body = envelope(TEST, now, {"webhook": endpoint.name, "actor": actor.name})
    Endpoint.objects.filter(pk=endpoint.pk).update(paused_until=None)
    return Delivery.objects.create(endpoint=endpoint, kind=TEST, subject="a test", body=body)


@verb
def send_again(*, actor: Actor, endpoint_id: int, delivery_id: int) -> Delivery:
    """Queues a message that is over once more, under the same id; raises ``Conflict`` while it waits."""
    EndpointPolicy(actor).require("configure")
    rows = Delivery.objects.select_related("endpoint").filter(endpoint=endpoint_id)
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotThere("There is no such delivery.")
    if not delivery.endpoint.is_enabled:
        raise Conflict(f"The webhook {delivery.endpoint} is off; turn it on first.")
    over = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.QUEUED)
    again = {"state": Delivery.State.QUEUED, "attempts": 0, "finished_at": None}
    if not over.update(next_attempt_at=timezone.now(), **again):
        raise Conflict("It is queued already.")
    Endpoint.objects.filter(pk=endpoint_id).update(paused_until=None)
    delivery.refresh_from_db()
    return delivery


def forget_old(*, now: datetime) -> int:
    """Removes what has been over for ``KEPT``; what is told is told by position, so nothing is sent again."""
    old = Q(finished_at__lt=now - KEPT)
    gone, _ = Delivery.objects.filter(old).exclude(state=Delivery.State.QUEUED).delete()
    letters, _ = Letter.objects.filter(old).exclude(state=Letter.State.QUEUED).delete()
    return gone + letters
