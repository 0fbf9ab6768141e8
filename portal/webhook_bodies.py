"""What a webhook says of an event: names, ids, digests and addresses; never a text that somebody wrote."""

import json
import re
from typing import Any

from django.conf import settings
from django.urls import reverse

from audits.ledger.models import Event
from audits.notices.models import Delivery, Endpoint
from audits.notices.services.deliveries import envelope
from portal.audience import Audience
from prompts.registry.models import Prompt

FACTS = (
    *("digest", "environment", "request", "release", "freeze", "policy", "safe_version", "version"),
    *("from", "to", "role", "until", "due", "expires_at", "owner"),
)
"""What is taken from an event's payload: short texts and whole numbers under these names."""
LONGEST = 300
VERSION = re.compile(r"@(\d+)(?: to (\S+))?$")


def body_of(event: Event, position: int, prompt: Prompt | None, address: str = "") -> str:
    """The body of the message about one event."""
    payload = json.loads(event.payload) if event.payload else {}
    found = VERSION.search(event.subject)
    data: dict[str, Any] = {
        "event": str(event.uuid),
        "position": position,
        "actor": event.actor[:LONGEST],
        "subject_type": event.subject_type,
        "subject": event.subject,
        "version": int(found.group(1)) if found and prompt else None,
        "environment": found.group(2) if found and prompt else None,
        "facts": {name: payload[name] for name in FACTS if name in payload and _is_short(payload[name])},
    }
    if prompt is not None:
        data["prompt"] = {"id": prompt.pk, "name": prompt.name, "collection": prompt.collection.slug}
        address = address or reverse("admin:prompt", args=[prompt.pk])
    data["url"] = f"{settings.PUBLIC_URL}{address}" if address else None
    return envelope(event.event, event.recorded_at, data)


def _is_short(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST)


class Routes:
    """The endpoints that are on, and which of them hears of what; one query."""

    def __init__(self) -> None:
        rows = Endpoint.objects.filter(disabled_at__isnull=True).select_related("owner").order_by("pk")
        self._endpoints = [row for row in rows if row.owner.is_let_in]

    def hearing(self, kind: str) -> list[Endpoint]:
        """Those that ask for that kind and hear of what is about no prompt."""
        return [row for row in self._endpoints if kind in row.kinds and row.all_collections]

    def deliveries(
        self, event: Event, position: int, prompt: Prompt | None, audience: Audience, address: str
    ) -> list[Delivery]:
        """The deliveries of one event: to each endpoint that asks for it and whose owner may see it."""
        to = [row for row in self._endpoints if event.event in row.kinds and _hears(row, prompt, audience)]
        if not to:
            return []
        body = body_of(event, position, prompt, address)
        about = event.subject[:400]
        return [
            Delivery(endpoint=row, kind=event.event, event=event.uuid, subject=about, body=body) for row in to
        ]


def _hears(endpoint: Endpoint, prompt: Prompt | None, audience: Audience) -> bool:
    if prompt is None:
        return endpoint.all_collections
    if not endpoint.all_collections and prompt.collection.slug not in endpoint.collections:
        return False
    return audience.sees(endpoint.owner, prompt)
