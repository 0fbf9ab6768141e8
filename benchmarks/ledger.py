"""What the log costs: a save with its entry, the sequencer, verification, and proofs.

Every figure is a ratio to a reference of the same run on the same database. With ``DATABASE_URL`` that is
PostgreSQL (an empty database), else a file; many writers are measured on PostgreSQL alone: SQLite has one.
Ends with 1 where a ratio is missed.
"""

import argparse
import hashlib
import hmac
import statistics
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from time import perf_counter
from typing import Any

from benchmarks.bulk import PIECE, Rows, add_events, portal, seconds

Save = Callable[[Any, int], None]


def main() -> None:
    """Measures what was asked for and prints ratios with their limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--saves", type=int, default=1000, help="of each kind, by one writer")
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--each", type=int, default=60, help="saves of each kind by each of the writers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=0, help="of which each of the entries tells")
    wanted = parser.parse_args()
    with portal():
        from django.db import connection

        print(f"{connection.vendor}, {wanted.entries:,} entries")
        held = [one_writer(wanted.saves)]
        if connection.vendor == "postgresql":
            held.append(many_writers(wanted.writers, wanted.each, wanted.rounds))
        _tell()
        held += [
            sequencer(wanted.entries, wanted.rounds, _telling(wanted.rows) if wanted.rows else None),
            *proofs(wanted.rounds),
            verification(wanted.rounds),
        ]
    sys.exit(0 if all(held) else 1)


def told(name: str, ratio: float, limit: float, words: str) -> bool:
    """Prints one figure; whether it holds."""
    holds = ratio <= limit
    print(f"{name:34} {ratio:6.2f} of at most {limit:5.2f}  {'' if holds else 'MISSED  '}{words}", flush=True)
    return holds


def _saves() -> tuple[Save, Save]:
    """The same save of a prompt: with the row of its history alone, and with its entry."""
    from django.db import transaction

    from audits.adminkit.history import acting
    from audits.identity.actors import Actor
    from audits.ledger.services import record
    from prompts.registry.events import PROMPT_CHANGED

    actor = Actor(kind="person", name="ada", roles=frozenset(["engineer"]), address="192.0.2.7")

    def plain(prompt: Any, number: int) -> None:
        with acting("ada"), transaction.atomic():
            prompt.purpose = f"Purpose {number}"
            prompt.save()

    def governed(prompt: Any, number: int) -> None:
        with acting("ada"), transaction.atomic():
            before, prompt.purpose = prompt.purpose, f"Purpose {number}"
            prompt.save()
            payload = {"purpose": [before, prompt.purpose]}
            record(
                event=PROMPT_CHANGED, actor=actor, subject_type="prompt", subject=prompt.name, payload=payload
            )

    return plain, governed


@contextmanager
def history_alone() -> Iterator[None]:
    """No note is taken of what is written; Django saves and the library writes history as they do alone."""
    from unittest.mock import patch

    from django.db.models import Model
    from simple_history.manager import HistoryDescriptor

    from audits.adminkit import noting
    from audits.adminkit.history import ActorOnHistory
    from audits.adminkit.querysets import Recorded
    from prompts.registry.models import Prompt

    ours = Prompt.__dict__["history"]
    own = HistoryDescriptor(ours.model, ours.manager_class, ours.queryset_class)
    with (
        patch.object(noting, "note", lambda *_: None),
        patch.object(Prompt, "history", own),
        patch.object(ActorOnHistory, "save", Model.save),
        patch.object(Recorded, "_do_update", Model._do_update),
    ):
        yield


def _tell() -> None:
    """An entry for each row that was written without one, as an operator takes in what was there before."""
    from django.db import transaction

    from audits.adminkit.noting import note
    from audits.adminkit.recorded import table_of
    from audits.ledger.services.record_event import SystemActor, close
    from prompts.registry.models import Prompt

    for model in (Prompt, Prompt.history.model):
        keys = list(model._base_manager.values_list("pk", flat=True))
        for first in range(0, len(keys), PIECE):
            with transaction.atomic():
                note(table_of(model), keys[first : first + PIECE])
                close(SystemActor("benchmark"))


AROUND = (history_alone, nullcontext)
"""What either kind of save is measured in."""


def _prompts(count: int) -> list[Any]:
    from audits.adminkit.history import acting
    from prompts.registry.models import Collection, Prompt

    with acting("bench"):
        place, _ = Collection.objects.get_or_create(slug="load", defaults={"title": "Load"})
        first = Prompt.objects.count()
        return [
            Prompt.objects.create(collection=place, name=f"load/p{first + number}", created_by="bench")
            for number in range(count)
        ]


def one_writer(saves: int) -> bool:
    """Medians, the two kinds in turn on two prompts.

    A turn is 50 saves, and its first ten do not count: Python forgets what it knows of classes that change.
    """
    pairs = list(zip(_saves(), _prompts(2), AROUND, strict=True))
    times: list[list[float]] = [[], []]
    for first in range(0, saves, 40):
        for (save, prompt, around), lasted in zip(pairs, times, strict=True):
            with around():
                turn = [seconds(lambda n=n: save(prompt, n)) for n in range(first, first + 50)]  # noqa: B023
            lasted += turn[10:]
    plain, governed = (statistics.median(lasted) * 1000 for lasted in times)
    return told("a save with its entry", governed / plain, 1.3, f"{governed:.2f} ms, bare {plain:.2f} ms")


def many_writers(writers: int, each: int, rounds: int) -> bool:
    """The 99th percentile of all writers' saves, round by round in turn; the middle of the rounds' ratios."""
    rows = _prompts(writers)
    found = []
    for _ in range(rounds + 1):
        pair = []
        for save, around in zip(_saves(), AROUND, strict=True):
            with around():
                pair.append(_at_once(save, rows, each))
        found.append(pair)
    plain, governed = (statistics.median(times) * 1000 for times in zip(*found[1:], strict=True))
    ratio = statistics.median(governed / plain for plain, governed in found[1:])
    words = f"{governed:.1f} ms, bare {plain:.1f} ms"
    return told(f"the same by {writers} writers, p99", ratio, 1.2, words)


def _at_once(save: Save, rows: list[Any], each: int) -> float:
    from django.db import connection

    times: list[float] = []
    ready = threading.Barrier(len(rows))

    def write(row: Any) -> None:
        mine = []
        connection.ensure_connection()
        ready.wait()
        for number in range(each):
            began = perf_counter()
            save(row, number)
            mine.append(perf_counter() - began)
        connection.close()
        times.extend(mine)

    threads = [threading.Thread(target=write, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statistics.quantiles(times, n=100)[98]


def _telling(count: int) -> Rows:
    """Each entry tells of so many of a thousand rows, as if they had been saved as they are."""
    from itertools import cycle, islice

    from audits.adminkit.recorded import table_of
    from audits.adminkit.row_marks import all_marks, salted
    from prompts.registry.models import Prompt

    _prompts(1000)
    _tell()
    table = table_of(Prompt)
    assert table is not None
    marks = cycle([(str(key), mark) for key, mark in all_marks(table)])
    return lambda salt: salted(
        {table.name: {"columns": table.shape, "marks": dict(islice(marks, count))}}, salt
    )


def sequencer(entries: int, rounds: int, telling: Rows | None) -> bool:
    """Taking entries into the tree, against inserting them in bulk into a table like the log's."""
    from django.db import connection, transaction

    from audits.ledger.models import Event
    from audits.ledger.selectors import tree_size
    from audits.ledger.services import integrate

    integrate()
    columns = [field.column for field in Event._meta.concrete_fields]
    marks = ", ".join(["%s"] * len(columns))
    start = tree_size()
    share, ratios, ours, bare = (entries - start) // rounds, [], 0.0, 0.0
    for turn in range(rounds):
        count = share if turn < rounds - 1 else entries - start - share * turn
        add_events(count, start + share * turn, telling)
        with connection.cursor() as cursor:
            _like_the_log(cursor, connection.vendor)
            waiting = "SELECT e.* FROM ledger_event e LEFT JOIN ledger_leaf l ON l.event_id = e.id "
            cursor.execute(waiting + "WHERE l.event_id IS NULL ORDER BY e.id")
            rows = [tuple(map(_raw, row)) for row in cursor.fetchall()]

        def insert(rows: list[Any] = rows) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                for first in range(0, len(rows), PIECE):
                    cursor.executemany(f"INSERT INTO bench_log VALUES ({marks})", rows[first : first + PIECE])

        pair = seconds(integrate), seconds(insert)
        ratios.append(pair[0] / pair[1])
        ours, bare = ours + pair[0], bare + pair[1]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_log")
    made = entries - start
    words = f"{made / ours:,.0f} entries a second, bare {made / bare:,.0f}"
    return told("the sequencer", statistics.median(ratios), 3.0, words)


def _like_the_log(cursor: Any, vendor: str) -> None:
    """An empty table ``bench_log`` with columns and indexes of the log, and no triggers."""
    cursor.execute("DROP TABLE IF EXISTS bench_log")
    if vendor == "postgresql":
        cursor.execute("CREATE TABLE bench_log (LIKE ledger_event INCLUDING ALL)")
        return
    cursor.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'ledger_event' AND type IN ('table', 'index')"
    )
    for (made,) in cursor.fetchall():
        if made:
            cursor.execute(made.replace("ledger_event", "bench_log"))


def _raw(value: Any) -> Any:
    """As a cursor of either database takes it back."""
    return value.isoformat(" ") if hasattr(value, "isoformat") and value.tzinfo is None else value


def proofs(rounds: int) -> list[bool]:
    """Making a proof in the whole tree, against one in a tree of 1,000."""
    from audits.ledger.selectors import consistency_proof, inclusion_proof, tree_size

    size, few, held = tree_size(), 1000, []
    kinds: dict[str, Callable[[int, int], object]] = {
        "that an entry is in it": lambda number, of: inclusion_proof(number * 7919 % of, of),
        "that it grew from an older": lambda number, of: consistency_proof(number * 7919 % (of - 1) + 1, of),
    }
    for name, make in kinds.items():
        times: list[list[float]] = [[], []]
        for number in range(100 * rounds):
            for of, lasted in zip((size, few), times, strict=True):
                lasted.append(seconds(lambda make=make, number=number, of=of: make(number, of)))  # type: ignore[misc]
        many, one = (statistics.median(lasted) * 1000 for lasted in times)
        held.append(told(f"a proof {name}", many / one, 2.0, f"{many:.2f} ms, of {few:,}: {one:.2f} ms"))
    return held


def verification(rounds: int) -> bool:
    """Verifying all of it, against a bare loop that reads every entry and hashes what was hashed."""
    from audits.ledger.verification import verify

    def ours() -> None:
        report = verify()
        if not report.ok:
            raise SystemExit(f"the log does not verify: {report.first_bad}")

    pairs = [(seconds(ours), seconds(bare_loop)) for _ in range(min(rounds, 3))]
    lasted, bare = (min(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    return told("verification", ratio, 2.0, f"{lasted:.1f} s, bare {bare:.1f} s")


def bare_loop() -> None:
    """Reads the entries in order through one cursor; leaf and commitment of each, and the tree above."""
    from django.db import connection

    edge: list[bytes] = []
    size = 0
    columns = "event, actor_type, actor, role, address, subject_type, subject, reason, request_id, commitment"
    query = f"SELECT e.body, e.payload, e.salt, {columns} FROM ledger_leaf l JOIN ledger_event e "
    query += "ON e.id = l.event_id ORDER BY l.position"
    with streaming(connection) as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(PIECE):
            for body, payload, salt, *_ in rows:
                current = hashlib.sha256(b"\0" + body.encode()).digest()
                hmac.digest(bytes.fromhex(salt), payload.encode(), "sha256")
                place, size = size, size + 1
                while place & 1:
                    current, place = hashlib.sha256(b"\1" + edge.pop() + current).digest(), place >> 1
                edge.append(current)


def streaming(connection: Any) -> Any:
    """A cursor that does not fetch all at once: on PostgreSQL one of the server."""
    from contextlib import contextmanager

    from django.db import transaction

    @contextmanager
    def opened():  # type: ignore[no-untyped-def]  # a cursor
        if connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                yield cursor
            return
        connection.ensure_connection()
        with transaction.atomic(), connection.connection.cursor(name="bare") as cursor:
            yield cursor

    return opened()


if __name__ == "__main__":
    main()
