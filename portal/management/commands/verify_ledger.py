"""`manage.py verify_ledger`: is the record the one that was made at the time?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.ledger import notes
from audits.ledger.verification import Report, verify


class Command(BaseCommand):
    help = (
        "Recompute the whole audit log from its recorded bytes: every column, payload, hash, root and "
        "signature. Ends with status 0 if all is sound, 1 if not (the first bad entry is named), 2 for bad "
        "usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
        parser.add_argument(
            "--against",
            metavar="FILE",
            type=Path,
            help="an older checkpoint that was kept outside: does the log still begin with it?",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        against = self._read(options["against"]) if options["against"] else None
        report = verify(against)
        told = report.as_dict()
        if against is not None:
            told["against"] = {"size": against.tree.size, "signed": bool(against.signatures)}
        self.stdout.write(json.dumps(told) if options["json"] else _in_words(report, against))
        if report.first_bad is not None:
            bad = report.first_bad
            place = "" if bad.position is None else f" at position {bad.position}"
            raise CommandError(
                f"The log does not verify{place}: {bad.kind} {bad.subject}: {bad.reason}", returncode=1
            )

    @staticmethod
    def _read(path: Path) -> notes.Note:
        try:
            return notes.parse(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, notes.BadNote) as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error


def _in_words(report: Report, against: notes.Note | None) -> str:
    lines = [
        f"entries     {report.entries} ({report.pending} not in the tree yet)",
        f"tree        {report.tree_size} entries, root {report.root}",
    ]
    if head := report.checkpoint:
        lines.append(
            f"checkpoint  {head.size} entries, key {head.key_id}, signed {head.signed_at.isoformat()}"
        )
    if against is not None and report.ok:
        lines.append(f"consistent  with the older checkpoint of {against.tree.size} entries")
    if report.ok:
        lines.append(f"sound       no gap, none altered ({report.seconds:.1f} s)")
    return "\n".join(lines)
