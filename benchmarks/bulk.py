"""Entries of the log in bulk, as the one writer of entries leaves them, and a process set up to measure."""

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

PIECE = 5000


@contextmanager
def portal() -> Iterator[Path]:
    """Django on an empty database: a file of its own, or the one that ``DATABASE_URL`` names."""
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as folder:
        os.environ.update(DATA_DIR=folder, DJANGO_SETTINGS_MODULE="portal.settings", LOG_LEVEL="WARNING")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("setup_portal", stdout=open(os.devnull, "w"))  # noqa: SIM115  closed with the process
        yield Path(folder)


Rows = Callable[[str], dict[str, Any]]
"""Of an entry with this salt, the rows of which it tells."""


def add_events(count: int, start: int = 0, rows: Rows | None = None) -> None:
    """Entries not yet in the tree."""
    from audits.ledger.models import Event

    begin = datetime.now(UTC)
    for first in range(start, start + count, PIECE):
        last = min(first + PIECE, start + count)
        Event.objects.bulk_create(
            [_event(number, begin, rows) for number in range(first, last)], batch_size=500
        )


def _event(number: int, begin: datetime, rows: Rows | None) -> Any:
    from audits.ledger.canonical import canonical_json
    from audits.ledger.models import Event
    from audits.ledger.services.record_event import commit_to, timestamp

    moment, identity = begin + timedelta(microseconds=number), uuid.uuid4()
    salt = os.urandom(32).hex()
    payload = canonical_json({"n": number, "digest": "ab" * 32, "from": None, "to": "released"})
    facts = {
        "event": "portal.load.entry",
        "actor_type": "person",
        "actor": f"person-{number % 50}",
        "role": "engineer,steward",
        "address": "192.0.2.7",
        "subject_type": "load",
        "subject": f"bank/prompt-{number % 5000}@{number % 7}",
        "reason": "It is ready; see the run.",
        "request_id": identity.hex[:12],
        "commitment": commit_to(payload, salt),
    }
    body = {"schema": 1, "uuid": str(identity), "time": timestamp(moment), **facts}
    if rows is not None:
        body["rows"] = rows(salt)
    text = canonical_json(body).decode()
    return Event(uuid=identity, recorded_at=moment, payload=payload.decode(), salt=salt, body=text, **facts)


def seconds(act: Callable[[], object]) -> float:
    """How long it took."""
    began = perf_counter()
    act()
    return perf_counter() - began
