"""Entries as the database holds them, read by the thousand: none of them becomes an object."""

import hmac
from json.encoder import encode_basestring as quoted
from typing import Any

from django.db import connection
from django.db.models import Func, QuerySet, TextField

from audits.ledger.models import Event

COLUMNS = (
    "body",
    "payload",
    "salt",
    "commitment",
    "event",
    "actor_type",
    "actor",
    "role",
    "address",
    "subject_type",
    "subject",
    "reason",
    "request_id",
)


class Plain(Func):
    """A time or a UUID as text, spared the making of an object: as in a body, a UUID without its dashes."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return super().as_sql(compiler, connection, template="(replace(%(expressions)s, ' ', 'T'))")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        stamp = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
        is_time = self.get_source_expressions()[0].output_field.get_internal_type() == "DateTimeField"
        bare = "replace((%(expressions)s)::text, '-', '')"
        return super().as_sql(compiler, connection, template=stamp if is_time else bare)


def stored(rows: QuerySet[Event], *before: str) -> QuerySet[Any, Any]:
    """The rows as tuples: ``before``, ``COLUMNS``, the time and the UUID."""
    return rows.values_list(*before, *COLUMNS, Plain("recorded_at"), Plain("uuid"))


def fetched(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """All of a query for plain columns at once, as the database hands them out."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def is_as_recorded(row: tuple[Any, ...]) -> bool:
    """Whether all columns are what the body says and the payload is the one that was committed to.

    ``row`` has three further values before ``COLUMNS``, time and UUID. A quick yes for an entry of the usual
    form; whatever else is to be looked at closely (``faults.fault_of``), which also says what is wrong.
    """
    payload, salt, commitment = row[4:7]
    if payload is None or salt is None:
        return False
    try:
        bound = hmac.digest(bytes.fromhex(salt), payload.encode(), "sha256").hex()
    except ValueError:
        return False
    return bound == commitment and _is_told(row)


def is_but_emptied(row: tuple[Any, ...]) -> bool:
    """Whether payload and salt are gone, both, and all other columns are what the body says; as quick."""
    return row[4] is None and row[5] is None and _is_told(row)


def _is_told(row: tuple[Any, ...]) -> bool:
    """The body is written anew: columns that give its very bytes are those it was made of.

    What it holds between role and schema stands in no column.
    """
    (
        body,
        _,
        _,
        commitment,
        event,
        actor_type,
        actor,
        role,
        address,
        subject_type,
        subject,
        reason,
        request_id,
        time,
        identity,
    ) = row[3:]
    told = body[-38:-2]
    head = (
        f'{{"actor":{quoted(actor)},"actor_type":{quoted(actor_type)},"address":{quoted(address)},'
        f'"commitment":"{commitment}","event":{quoted(event)},"reason":{quoted(reason)},'
        f'"request_id":{quoted(request_id)},"role":{quoted(role)},'
    )
    tail = (
        f'"schema":1,"subject":{quoted(subject)},"subject_type":{quoted(subject_type)},'
        f'"time":"{time}Z","uuid":"{told}"}}'
    )
    return (
        body.startswith(head)
        and body.endswith(tail)
        and told.replace("-", "") == identity
        and len(body) >= len(head) + len(tail)
    )
