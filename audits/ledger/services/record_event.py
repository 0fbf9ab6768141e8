"""Write an event, inside the transaction of the act that it records."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection

from audits.ledger.canonical import canonical_json
from audits.ledger.events import EventKind, kind
from audits.ledger.models import Event

SCHEMA = 1
recorded_names: set[str] = set()
"""The kinds recorded by this process so far; the test suite reads it to find kinds that no test produces."""


class RecordedOutsideTransaction(RuntimeError):
    """An event must share the fate of the act it records."""


class LedgerActor(Protocol):
    """What the ledger needs to know of an actor, all as text."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def request_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A part of the ledger itself; rooms above have actors of their own."""

    name: str
    kind: str = "system"
    role: str = ""
    address: str = ""
    request_id: str = ""


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with exactly six decimals, so that equal times are equal bytes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commit_to(payload: bytes, salt: str) -> str:
    """HMAC-SHA256 of the payload under a random salt: binds it, and tells nothing once the salt is erased."""
    return hmac.new(bytes.fromhex(salt), payload, hashlib.sha256).hexdigest()


def record(
    *,
    event: EventKind,
    actor: LedgerActor,
    subject_type: str,
    subject: str,
    reason: str = "",
    payload: dict[str, Any] | None = None,
) -> Event:
    """Adds one event.

    ``subject`` is a name a person knows (a prompt's name, ``name@3`` for a version); ``payload`` holds
    digests, states and references as strings and integers. Raises ``KeyError`` for an undeclared kind,
    ``NotCanonical`` for a payload without a canonical form, ``RecordedOutsideTransaction`` where the
    caller's act is not in a transaction.
    """
    kind(event.name)
    if not connection.in_atomic_block:
        raise RecordedOutsideTransaction(f"{event.name} for {subject} was recorded outside a transaction.")
    recorded_names.add(event.name)
    moment, identity, salt = datetime.now(UTC), uuid.uuid4(), secrets.token_hex(32)
    content = canonical_json(payload or {})
    commitment = commit_to(content, salt)
    facts = {
        "event": event.name,
        "actor_type": actor.kind,
        "actor": actor.name,
        "role": actor.role,
        "address": actor.address,
        "subject_type": subject_type,
        "subject": subject,
        "reason": reason,
        "request_id": actor.request_id,
        "commitment": commitment,
    }
    body = {"schema": SCHEMA, "uuid": str(identity), "time": timestamp(moment), **facts}
    return Event.objects.create(
        uuid=identity,
        recorded_at=moment,
        payload=content.decode(),
        salt=salt,
        body=canonical_json(body).decode(),
        **facts,
    )
