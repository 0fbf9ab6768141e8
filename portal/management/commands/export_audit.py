"""`manage.py export_audit`: the audit trail, or a part of it, as a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.exports.counter import Counter
from audits.exports.files import draft_of, write_whole
from audits.exports.formats import FORMATS
from audits.exports.services.export_trail import export_trail
from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from audits.ledger.filters import BadFilter, TrailFilter
from portal.selectors.trail_rows import visible_events


class Command(BaseCommand):
    help = (
        "Write the audit trail, as far as the person of --as may see it, into a file, with the signed "
        "checkpoint of the same moment beside it (FILE.checkpoint), or in a bundle with proofs and a program "
        "that checks them. The export itself becomes an entry."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)
        parser.add_argument("--since", default="", help="a day (UTC) or an RFC 3339 time")
        parser.add_argument("--until", default="", help="a day (to its end) or an RFC 3339 time")
        parser.add_argument("--subject", default="", help="a name, with its versions and releases")
        parser.add_argument("--actor", default="", help="who acted")
        parser.add_argument(
            "--event",
            default="",
            help="kinds of events or their beginnings, such as releases,lifecycle.version",
        )
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
            counter = Counter(self.stderr)
            with draft_of(out) as draft:
                entries = made.write(draft, counter)
            counter.end()
            beside = None
            if made.format != "bundle":  # which has it inside
                beside = out.with_name(f"{out.name}.checkpoint")
                write_whole(beside, [made.checkpoint.note])
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error}", returncode=2) from error
        told = {"file": str(out), "entries": entries, "size": made.checkpoint.size}
        told |= {"checkpoint": str(beside)} if beside else {}
        words = f"{entries} entries in {out}, checkpoint of {made.checkpoint.size} in {beside or 'it'}"
        self.stdout.write(json.dumps(told) if options["json"] else words)
