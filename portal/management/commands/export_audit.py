"""`manage.py export_audit`: the audit trail, or a part of it, as a file."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.exports.files import write_whole
from audits.exports.formats import FORMATS
from audits.exports.services.export_trail import TrailExport, export_trail
from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from audits.ledger.filters import BadFilter, TrailFilter
from portal.selectors.trail_rows import visible_events


class Command(BaseCommand):
    help = (
        "Write the audit trail, as far as the person of --as may see it, into a file, with the signed "
        "checkpoint of the same moment beside it (FILE.checkpoint). The export itself becomes an entry."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)
        parser.add_argument("--since", default="", help="a day (UTC) or an RFC 3339 time")
        parser.add_argument("--until", default="", help="a day (to its end) or an RFC 3339 time")
        parser.add_argument("--subject", default="", help="a name, with its versions and releases")
        parser.add_argument("--actor", default="", help="who acted")
        parser.add_argument("--event", default="", help="a kind of event or its beginning, such as releases")
        parser.add_argument("--json", action="store_true", help="print what was written as one JSON object")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        actor, out = actor_from(options), Path(options["out"])
        # A device or a pipe would be replaced by the file, since it is renamed into its place.
        if not out.parent.is_dir() or (out.exists() and not out.is_file()) or out.is_relative_to("/dev"):
            raise CommandError(f"{out} cannot be written: no such folder, or no ordinary file.", returncode=2)
        names = ("since", "until", "subject", "actor", "event")
        try:
            asked = TrailFilter.read(**{name: options[name] for name in names})
            made = export_trail(
                actor=actor, format=options["format"], asked=asked, visible=visible_events(actor)
            )
        except BadFilter as error:
            raise CommandError(f"--{error}", returncode=2) from error
        except GovernedError as error:
            raise CommandError(error.message, returncode=1) from error
        try:
            pieces = write_whole(out, self._told(made))
            beside = out.with_name(f"{out.name}.checkpoint")
            write_whole(beside, [made.checkpoint.note])
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error}", returncode=2) from error
        entries = pieces - (made.format == "csv")
        told = {"file": str(out), "entries": entries, "checkpoint": str(beside), "size": made.checkpoint.size}
        words = f"{entries} entries in {out}, checkpoint of {made.checkpoint.size} in {beside}"
        self.stdout.write(json.dumps(told) if options["json"] else words)

    def _told(self, made: TrailExport) -> Iterator[str]:
        """The lines, with a count on a terminal twice a second."""
        shown, count, since = sys.stderr.isatty(), 0, time.monotonic()
        for count, line in enumerate(made.lines(), start=1):
            if shown and time.monotonic() - since > 0.5:
                since = time.monotonic()
                self.stderr.write(f"\r{count:,} entries", ending="")
            yield line
        if shown and count:
            self.stderr.write(f"\r{count:,} lines")
