"""Exporting the whole trail, against a bare cursor into a csv writer; and how much memory it takes.

Memory is the peak of two processes of their own, one with few entries and one with all of them. With
``DATABASE_URL`` it measures PostgreSQL (an empty database). Ends with 1 where a figure is missed.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.bulk import PIECE, add_events, portal, seconds
from benchmarks.ledger import streaming, told

MOST_MEGABYTES = 20
COLUMNS = (
    "l.position, e.recorded_at, e.event, e.actor_type, e.actor, e.role, e.subject_type, e.subject, e.reason, "
    "e.request_id, e.payload, l.leaf_hash"
)


def main() -> None:
    """Prints the ratio, and the difference in memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.only is not None:
        import django

        django.setup()
        whole(Path("/dev/null"), wanted.only)
        print(peak())
        return
    with portal() as folder:
        from django.db import connection

        from audits.ledger.services import integrate

        add_events(wanted.entries)
        integrate()
        print(f"{connection.vendor}, {wanted.entries:,} entries")
        held = [speed(folder, wanted.rounds), memory(wanted.few, wanted.entries)]
    sys.exit(0 if all(held) else 1)


def speed(folder: Path, rounds: int) -> bool:
    """Both in turn, into files."""
    out = folder / "trail.csv"
    pairs = [(seconds(lambda: whole(out)), seconds(lambda: bare(out))) for _ in range(rounds)]
    lasted, plain = (min(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    return told("an export as CSV", ratio, 2.0, f"{lasted:.1f} s, bare {plain:.1f} s")


def whole(out: Path, most: int | None = None) -> None:
    """The export itself, as the command and the worker write it, of the first ``most`` entries or all."""
    from audits.exports.services.export_trail import TrailExport
    from audits.ledger.filters import TrailFilter
    from audits.ledger.models import Event
    from audits.ledger.selectors import newest_checkpoint

    checkpoint = newest_checkpoint()
    assert checkpoint is not None
    rows = Event.objects.filter(leaf__position__lt=checkpoint.size if most is None else most)
    TrailExport("csv", checkpoint, TrailFilter(), "bench", rows).write(out, lambda _: None)


def bare(out: Path) -> None:
    """The same columns through one cursor into a csv writer."""
    from django.db import connection

    query = (
        f"SELECT {COLUMNS} FROM ledger_leaf l JOIN ledger_event e ON e.id = l.event_id ORDER BY l.position"
    )
    with streaming(connection) as cursor, out.open("w", newline="") as file:
        cursor.execute(query)
        writer: Any = csv.writer(file)
        while rows := cursor.fetchmany(PIECE):
            writer.writerows(rows)


def peak() -> int:
    """Kilobytes that this process had at most; ``getrusage`` would tell those of the one that started it."""
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0])


def memory(few: int, entries: int) -> bool:
    """The peaks of two processes, in megabytes."""
    peaks = []
    for count in (few, entries):
        command = [sys.executable, "-m", "benchmarks.export", "--only", str(count)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        peaks.append(json.loads(done.stdout) / 1024)
    more = peaks[1] - peaks[0]
    holds = more <= MOST_MEGABYTES
    words = f"{'' if holds else 'MISSED  '}{peaks[1]:.0f} MB, with {few:,} entries {peaks[0]:.0f} MB"
    print(f"{'memory above that of a few':34} {more:6.1f} of at most {MOST_MEGABYTES:5} MB {words}")
    return holds


if __name__ == "__main__":
    main()
