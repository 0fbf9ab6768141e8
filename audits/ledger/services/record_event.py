"""Write an event, inside the transaction of the act that it records."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone

from audits.adminkit.noting import pending, take, when_late
from audits.adminkit.row_marks import Told, in_pieces, salted
from audits.ledger.canonical import canonical_json
from audits.ledger.events import ROWS_WRITTEN, EventKind, kind
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
    """Adds one event, with the marks of the recorded rows that were written since the one before.

    ``subject`` is a name a person knows (a prompt's name, ``name@3`` for a version); ``payload`` holds
    digests, states and references as strings and integers. Rows that one entry cannot hold are told in
    further ones. Raises ``KeyError`` for an undeclared kind, ``NotCanonical`` for a payload without a
    canonical form, ``RecordedOutsideTransaction`` where the caller's act is not in a transaction.
    """
    kind(event.name)
    if not connection.in_atomic_block:
        raise RecordedOutsideTransaction(f"{event.name} for {subject} was recorded outside a transaction.")
    rows, *more = in_pieces(take()) or [{}]
    facts = told_of(actor) | {"subject_type": subject_type, "subject": subject, "reason": reason}
    made = write(event, facts, payload or {}, rows=rows)
    for piece in more:
        facts = told_of(actor) | {"subject_type": "rows", "subject": ", ".join(piece), "reason": ""}
        write(ROWS_WRITTEN, facts, {}, rows=piece)
    return made


def close(actor: LedgerActor) -> None:
    """Tells of recorded rows that were written after the last entry of a transaction, if there are any."""
    if names := sorted(table.name for table in pending()):
        record(event=ROWS_WRITTEN, actor=actor, subject_type="rows", subject=", ".join(names)[:400])


when_late(lambda: close(SystemActor("portal")))


def told_of(actor: LedgerActor) -> dict[str, str]:
    return {
        "actor_type": actor.kind,
        "actor": actor.name,
        "role": actor.role,
        "address": actor.address,
        "request_id": actor.request_id,
    }


def write(
    event: EventKind,
    facts: dict[str, str],
    payload: dict[str, Any],
    *,
    rows: Told | None = None,
    tables: dict[str, Any] | None = None,
) -> Event:
    """Stores one event. The marks of ``rows``, and the columns of ``tables``, stand in its body alone."""
    recorded_names.add(event.name)
    moment, identity, salt = timezone.now(), uuid.uuid4(), secrets.token_hex(32)
    content = canonical_json(payload)
    facts = {"event": event.name, **facts, "commitment": commit_to(content, salt)}
    body: dict[str, Any] = {"schema": SCHEMA, "uuid": str(identity), "time": timestamp(moment), **facts}
    if rows:
        body["rows"] = salted(rows, salt)
    if tables:
        body["tables"] = tables
    made = Event(
        uuid=identity,
        recorded_at=moment,
        payload=content.decode(),
        salt=salt,
        body=canonical_json(body).decode(),
        **facts,
    )
    _insert(made)
    return made


def _insert(event: Event) -> None:
    """Stores a new event. Every act pays for it, and Django would write the statement anew each time."""
    statement, names = _statement(connection.vendor)
    adapt = connection.ops
    ready = {
        "uuid": event.uuid if connection.features.has_native_uuid_field else event.uuid.hex,
        "recorded_at": adapt.adapt_datetimefield_value(event.recorded_at),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, [ready.get(name, getattr(event, name)) for name in names])
        event.pk = cursor.fetchone()[0]
    event._state.adding, event._state.db = False, connection.alias


@cache
def _statement(vendor: str) -> tuple[str, list[str]]:
    """The statement, and the columns in its order; one for each database, whose quotes may differ."""
    names = [str(field.column) for field in Event._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(map(connection.ops.quote_name, names))
    places = ", ".join(["%s"] * len(names))
    table = connection.ops.quote_name(Event._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING id", names  # noqa: S608
