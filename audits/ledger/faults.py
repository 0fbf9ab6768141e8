"""What can be wrong with one event as it is stored."""

import json

from audits.ledger.merkle import leaf_hash
from audits.ledger.models import Event
from audits.ledger.services.record_event import commit_to, timestamp

GONE = "payload: it is gone"
"""The last thing that is looked at: of an entry with this fault everything else is as it was recorded."""
COLUMNS = (
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


def fault_of(event: Event, expected_leaf: str | None = None) -> str:
    """The first fault in plain words, or empty.

    Checked are: the leaf's hash over the recorded bytes, each column against these bytes, and the payload
    against the commitment in them. ``expected_leaf`` is the stored hash, None for an event that has none yet.
    """
    if expected_leaf is not None and leaf_hash(event.body.encode()) != expected_leaf:
        return "body: the recorded bytes do not give the hash in the tree"
    try:
        body = json.loads(event.body)
    except ValueError:
        return "body: the recorded bytes are no JSON"
    columns = {name: getattr(event, name) for name in (*COLUMNS, "commitment")}
    columns |= {"uuid": str(event.uuid), "time": timestamp(event.recorded_at)}
    for name, value in columns.items():
        if body.get(name) != value:
            return f"{ {'time': 'recorded_at'}.get(name, name) }: the column is not what was recorded"
    if event.payload is None or event.salt is None:
        return GONE
    try:
        commitment = commit_to(event.payload.encode(), event.salt)
    except ValueError:
        return "salt: it is no hexadecimal text"
    return "" if commitment == event.commitment else "payload: it is not what was committed to"
