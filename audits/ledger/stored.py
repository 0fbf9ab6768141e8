"""Entries as the database holds them, read by the thousand: none of them becomes an object."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
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
SALT = 32
"""Bytes of a salt."""
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_INNER_REST, _OUTER_REST = b"\x36" * (64 - SALT), b"\x5c" * (64 - SALT)


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


@contextmanager
def by_one_process() -> Iterator[None]:
    """PostgreSQL answers without parallel workers, whose start takes longer than reading a piece."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('max_parallel_workers_per_gather', '0', false)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET max_parallel_workers_per_gather")


_JOINED = {
    "sqlite": (
        "group_concat(node_hash, '') FROM (SELECT node_hash FROM ledger_node WHERE {0} ORDER BY number) n"
    ),
    "postgresql": "string_agg(node_hash, '' ORDER BY number) FROM ledger_node WHERE {0}",
}


def joined_nodes(first: int, last: int) -> str:
    """The hashes of the nodes from number ``first`` up to, without, ``last``, as one text, not a row each."""
    with connection.cursor() as cursor:
        among = _JOINED[connection.vendor].format("number >= %s AND number < %s")
        cursor.execute(f"SELECT {among}", [first, last])
        return cursor.fetchone()[0] or ""


def is_as_recorded(row: tuple[Any, ...]) -> bool:
    """Whether the leaf is the body's, all columns are what the body says, and the payload was committed to.

    ``row`` has the position, the leaf and a further value before ``COLUMNS``, time and UUID. A quick yes for
    an entry of the usual form; whatever else is to be looked at closely (``faults.fault_of``), which also
    says what is wrong.
    """
    payload, salt = row[4], row[5]
    if payload is None or salt is None or hashlib.sha256(b"\0" + row[3].encode()).hexdigest() != row[1]:
        return False
    try:
        key = bytes.fromhex(salt)
    except ValueError:
        return False
    # HMAC-SHA256 (RFC 2104) for a key of 32 bytes, in two thirds of the time of the library's.
    inner = hashlib.sha256(key.translate(_INNER) + _INNER_REST + payload.encode()).digest()
    bound = hashlib.sha256(key.translate(_OUTER) + _OUTER_REST + inner).hexdigest()
    return len(key) == SALT and bound == row[6] and _is_told(row)


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
    if told.replace("-", "") != identity:
        return False
    if "\\" in body:
        event, actor_type, actor, role, address, subject_type, subject, reason, request_id = (
            quoted(value)[1:-1]
            for value in (event, actor_type, actor, role, address, subject_type, subject, reason, request_id)
        )
    # Without a backslash each quotation mark in the body ends or begins a text. A column that holds one, or
    # anything else to be escaped, does not give these bytes, but for the last before the rows.
    head = (
        f'{{"actor":"{actor}","actor_type":"{actor_type}","address":"{address}","commitment":"{commitment}",'
        f'"event":"{event}","reason":"{reason}","request_id":"{request_id}","role":"{role}",'
    )
    tail = (
        f'"schema":1,"subject":"{subject}","subject_type":"{subject_type}","time":"{time}Z","uuid":"{told}"}}'
    )
    return (
        body.startswith(head)
        and body.endswith(tail)
        and len(body) >= len(head) + len(tail)
        and '"' not in role
    )
