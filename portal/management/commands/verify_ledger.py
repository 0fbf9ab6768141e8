"""`manage.py verify_ledger`: is the record the one that was made at the time?"""

import getpass
import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.ledger import notes
from audits.ledger.selectors import tree_size
from audits.ledger.services.run_verification import Busy, run_verification
from audits.ledger.verification import Report
from prompts.observability.compared_hours import Compared, compare_hours


class Command(BaseCommand):
    help = (
        "Recompute the whole audit log from its recorded bytes: every column, payload, hash, root and "
        "signature. Ends with status 0 if all is sound, 1 if not (the first bad entry is named), 2 for bad "
        "usage. How far it has come is noted every 50,000 entries; --resume goes on from there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
        parser.add_argument(
            "--against",
            metavar="FILE",
            type=Path,
            help="an older checkpoint that was kept outside: does the log still begin with it?",
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with one of yours that was interrupted less than a day ago; what it read is not read "
            "again, and the report says so",
        )
        parser.add_argument(
            "--calls",
            action="store_true",
            help="compare the model calls that are there with each hour's digest in the log as well; reads "
            "every call",
        )
        parser.add_argument(
            "--progress",
            action="store_true",
            help="tell on stderr how far it is; on a terminal it does so anyway",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["against"] and options["resume"]:
            raise CommandError(
                "--against reads from the first entry: it does not go with --resume.", returncode=2
            )
        against = self._read(options["against"]) if options["against"] else None
        show = _Shown(self) if options["progress"] or sys.stderr.isatty() else None
        by = f"shell:{getpass.getuser()}"
        try:
            _, report, why_anew = run_verification(
                by=by, resume=options["resume"], show=show, against=against
            )
        except Busy as error:
            raise CommandError(f"{error} Wait for it, or leave --resume out.", returncode=2) from error
        if why_anew:
            self.stderr.write(f"It begins with the first entry: {why_anew}.")
        assert report is not None  # noqa: S101  there was no budget
        told = report.as_dict()
        if against is not None:
            told["against"] = {"size": against.tree.size, "signed": bool(against.signatures)}
        calls = compare_hours() if options["calls"] else None
        if calls is not None:
            told["calls"] = asdict(calls)
            told["ok"] = told["ok"] and not calls.first_bad
        self.stdout.write(json.dumps(told) if options["json"] else _in_words(report, against, calls))
        if report.first_bad is not None:
            bad = report.first_bad
            place = "" if bad.position is None else f" at position {bad.position}"
            raise CommandError(
                f"The log does not verify{place}: {bad.kind} {bad.subject}: {bad.reason}", returncode=1
            )
        if calls is not None and calls.first_bad:
            raise CommandError(f"The calls are not those of the log: {calls.first_bad}", returncode=1)

    @staticmethod
    def _read(path: Path) -> notes.Note:
        try:
            return notes.parse(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, notes.BadNote) as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error


class _Shown:
    """Writes a line at most once a second: in place on a terminal, else one below the other."""

    def __init__(self, command: BaseCommand) -> None:
        self._command, self._total, self._last = command, tree_size(), 0.0
        self._end = "\r" if sys.stderr.isatty() else "\n"

    def __call__(self, size: int) -> None:
        if time.monotonic() - self._last < 1 and size < self._total:
            return
        self._last = time.monotonic()
        share = 100 * size // max(size, self._total)
        end = "\n" if size >= self._total else self._end
        self._command.stderr.write(f"{size:,} of {self._total:,} entries ({share} %)", ending=end)


def _in_words(report: Report, against: notes.Note | None, calls: Compared | None) -> str:
    lines = [
        f"entries     {report.entries} ({report.pending} not in the tree yet)",
        f"tree        {report.tree_size} entries, root {report.root}",
    ]
    if head := report.checkpoint:
        lines.append(
            f"checkpoint  {head.size} entries, key {head.key_id}, signed {head.signed_at.isoformat()}"
        )
    if report.resumed is not None:
        before = report.resumed
        lines.append(
            f"resumed     the first {before.size} entries were read until {before.read_at.isoformat()}"
        )
    if report.erased:
        lines.append(f"erased      {report.erased} entries have lost their content, as other entries tell")
    if report.not_compared:
        lines.append(f"not compared {report.not_compared} records whose entries are erased")
    if report.unendorsed_keys:
        told = "a signing key was lost and replaced: nothing but the portal itself vouches for the next one"
        lines.append(f"keys        {told} ({report.unendorsed_keys} times)")
    if against is not None and report.ok:
        lines.append(f"consistent  with the older checkpoint of {against.tree.size} entries")
    if calls is not None:
        lines.append(
            f"calls       {calls.hours} hours compared, {calls.amended} of them by number only, since "
            f"applications added to them later; {calls.not_compared} could not be compared"
        )
    if report.ok:
        lines.append(f"sound       no gap, none altered ({report.seconds:.1f} s)")
    return "\n".join(lines)
