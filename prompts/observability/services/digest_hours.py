"""Each hour's digest of model calls goes to the ledger: one entry for however many calls.

The hour is that of receiving, by the portal's clock. An empty hour has its digest as well, so that a missing
one tells. What an application adds to a call after its hour was digested is not in the digest; an entry of
its own tells of it (``amend_calls``).
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from audits.identity.actors import Actor
from audits.identity.verbs import verb
from audits.ledger.services import record
from audits.ledger.services.record_event import timestamp
from prompts.observability.events import HOUR_DIGESTED
from prompts.observability.hours import HOUR, SETTLES, hour_of
from prompts.observability.models import Call, HourDigest

MOST = 48
"""Hours of one call of ``digest_hours``: a portal that stood still catches up bit by bit."""
SCHEDULER = Actor.system("scheduler")
LINKS = frozenset({"prompt_id", "version_id"})
"""They go when a draft is discarded; name and number, as they were told, are digested."""
FIELDS = tuple(name for field in Call._meta.concrete_fields if (name := field.attname) not in LINKS)


def digest_hours(*, now: datetime) -> int:
    """Digests every hour that is over and settled; returns how many. Safe to call twice and at once."""
    last = HourDigest.objects.order_by("-hour").values_list("hour", flat=True).first()
    end = hour_of(now - SETTLES)
    hour = last + HOUR if last is not None else _first(end)
    made = 0
    while hour < end and made < MOST:
        try:
            with transaction.atomic():
                digest_hour(actor=SCHEDULER, hour=hour)
        except IntegrityError:  # another process was quicker
            break
        hour, made = hour + HOUR, made + 1
    return made


@verb
def digest_hour(*, actor: Actor, hour: datetime) -> HourDigest:
    """Digests one hour and records it. Raises ``IntegrityError`` where that was done already."""
    calls, digest = digest_of(hour)
    row = HourDigest.objects.create(hour=hour, calls=calls, digest=digest)
    payload = {
        "from": timestamp(hour),
        "until": timestamp(hour + HOUR),
        "calls": calls,
        "sha256": digest,
        "columns": list(FIELDS),
    }
    record(event=HOUR_DIGESTED, actor=actor, subject_type="calls", subject=str(row), payload=payload)
    return row


def digest_of(hour: datetime, columns: Sequence[str] = FIELDS) -> tuple[int, str]:
    """How many calls the hour has, and the SHA-256 over them as they stand now.

    Each call is one line: a JSON list of these columns in the order of the table, times and decimals as text,
    compact and with text as it is; in the order in which they were stored.
    """
    rows = Call.objects.filter(received_at__gte=hour, received_at__lt=hour + HOUR).order_by("pk")
    digest, count = hashlib.sha256(), 0
    for row in rows.values_list(*columns).iterator(500):
        line = json.dumps(row, default=_text, ensure_ascii=False, separators=(",", ":"))
        digest.update(line.encode() + b"\n")
        count += 1
    return count, digest.hexdigest()


def _text(value: object) -> str:
    return timestamp(value) if isinstance(value, datetime) else str(value)


def _first(end: datetime) -> datetime:
    """Where it begins in a portal that has no digest yet: with the oldest call, or the newest whole hour."""
    oldest = Call.objects.order_by("received_at").values_list("received_at", flat=True).first()
    return min(hour_of(oldest), end) if oldest is not None else end - HOUR
