"""The sequencer: gives every event its place in the tree, one process at a time, and signs the result."""

import logging
import secrets
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from audits.ledger import merkle, notes, outside
from audits.ledger.keys import KeyUnusable, adopt_successor, signing_key, successor
from audits.ledger.models import Checkpoint, Leaf, Node
from audits.ledger.selectors import newest_checkpoint, stored_nodes, tree_size, unsequenced
from audits.ledger.services.record_event import SystemActor

log = logging.getLogger("imprimatur.ledger")

EVERY_SECONDS = 5
"""How often the scheduler calls: an event is unproven for about so long."""
CHECKPOINT_SECONDS = 300
"""One checkpoint at least is signed in each span of so many seconds, also with nothing new: a gap tells."""
BATCH = 5000
"""Entries of one transaction."""
SEQUENCER = SystemActor("sequencer")
_signed = [float("-inf")]
"""When this process signed last, on a clock that nobody sets."""
LOCK = 7_203_001
"""PostgreSQL's advisory lock of the sequencer."""


def integrate(*, wait: bool = False, now: datetime | None = None) -> Checkpoint | None:
    """Takes all committed events into the tree and signs it; returns the newest checkpoint.

    Where another process is doing so already, returns at once, or with ``wait`` after it and after doing what
    it left. ``now`` is the time of signing. Each batch is one transaction: leaves, nodes and checkpoint
    appear together or not at all. Raises ``KeyUnusable`` where the signing key is lost or was exchanged, and
    ``RolledBack`` where a checkpoint that is kept outside tells of more, or of others, than is here: a second
    tree of the same name is never signed.

    A checkpoint is never older than the one before it: while the clock is behind, it carries that one's time.
    """
    added = BATCH
    last: int | None = None
    while added == BATCH and (last is not None or _is_due(now or datetime.now(UTC))):
        with transaction.atomic():
            if not lock(wait):
                break
            added, last = _one_batch(now or datetime.now(UTC), last)
    return newest_checkpoint()


def _window(moment: datetime) -> int:
    return int(moment.timestamp()) // CHECKPOINT_SECONDS


def _opens_window(last: Checkpoint | None, now: datetime) -> bool:
    if last is None:
        return True
    if now < last.signed_at:  # the clock went back: this process counts the span itself
        return time.monotonic() - _signed[0] >= CHECKPOINT_SECONDS
    return _window(last.signed_at) != _window(now)


def _is_due(now: datetime) -> bool:
    """Whether there is anything to do: asked without a lock, so that an idle portal writes nothing."""
    return _opens_window(newest_checkpoint(), now) or unsequenced(now, everything=False).exists()


def lock(wait: bool) -> bool:
    """Holds until the end of the transaction. SQLite's immediate transactions are alone already."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _one_batch(now: datetime, after: int | None) -> tuple[int, int | None]:
    """Sequences up to ``BATCH`` events and signs where due; returns how many, and the last one's number.

    ``after`` is the last one of the batch before, if there was one, so that a long queue is not searched from
    its beginning for every batch: what becomes visible before it meanwhile is found by the next call.
    """
    last = newest_checkpoint()
    opens = _opens_window(last, now)
    waiting = unsequenced(now, everything=opens and after is None)
    if after is not None:
        waiting = waiting.filter(id__gt=after)
    events = list(waiting.values_list("id", "body")[:BATCH])
    if not events and not opens:
        return 0, after
    size = tree_size()
    if last is None and size:
        raise outside.RolledBack(f"The tree has {size:,} entries, but all its checkpoints are gone.")
    if last is not None and (
        fault := outside.fault_against(last, outside.known(_origin(last), everywhere=False))
    ):
        raise outside.RolledBack(f"{fault}.")
    edge = merkle.parts((0, size))
    known = stored_nodes(edge)
    frontier = merkle.Frontier(size, [known[address] for address in edge])
    leaves: list[tuple[int, int, str]] = []
    nodes: list[tuple[int, str]] = []
    first = frontier.nodes
    for event_id, body in events:
        digest = merkle.leaf_hash(body.encode())
        leaves.append((frontier.size, event_id, digest))
        nodes += enumerate(frontier.append(digest), start=len(nodes) + first)
    _insert(Leaf, ("position", "event_id", "leaf_hash"), leaves)
    _insert(Node, ("number", "node_hash"), nodes)
    _sign(frontier, last, now)
    return len(events), events[-1][0] if events else after


def _insert(model: type[Leaf] | type[Node], columns: tuple[str, ...], rows: list[Any]) -> None:
    """Many small rows, past the making of objects; the table's triggers and keys hold as ever."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  our own names


def _sign(frontier: merkle.Frontier, last: Checkpoint | None, now: datetime) -> None:
    key = signing_key(create=last is None)
    public = key.public_key()
    origin = _new_origin(merkle.leaf_hash(public.public_bytes_raw())[:12]) if last is None else _origin(last)
    identity = notes.key_id(origin, public)
    if last is not None and last.key_id != identity and _finish_change(origin, last.key_id):
        key = signing_key(create=False)
        identity = last.key_id
    if last is not None and last.key_id != identity:
        raise KeyUnusable(f"The key file holds {identity}, but the log was signed with {last.key_id}.")
    moment = now.replace(microsecond=0) if last is None else max(now.replace(microsecond=0), last.signed_at)
    note = notes.sign(notes.Tree(origin, frontier.size, frontier.root), key, moment)
    Checkpoint.objects.create(
        size=frontier.size, root=frontier.root, signed_at=moment, key_id=identity, note=note
    )
    _signed[0] = time.monotonic()
    transaction.on_commit(partial(keep_outside, origin, note))


def _finish_change(origin: str, identity: str) -> bool:
    """Whether the log went over to a next key that had not taken its place yet; now it has."""
    key = successor()
    if key is None or notes.key_id(origin, key.public_key()) != identity:
        return False
    adopt_successor()
    return True


def _origin(head: Checkpoint) -> str:
    return notes.parse(head.note).tree.origin


def _new_origin(fingerprint: str) -> str:
    """The name of a new log: its key's, and where that key has signed another log already, a new one."""
    name = f"imprimatur.ledger/{fingerprint}"
    return f"{name}-{secrets.token_hex(4)}" if outside.has_signed_before() else name


def keep_outside(origin: str, note: str) -> None:
    try:
        outside.keep_beside_key(origin, note)
    except OSError as error:
        log.warning("the newest checkpoint could not be kept beside the key: %s", error)
