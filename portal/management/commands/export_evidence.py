"""`manage.py export_evidence`: all about a prompt, a version, a release or a trace, with the proof of it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.exports.collectors import PackAsk
from audits.exports.counter import Counter
from audits.exports.files import draft_of
from audits.exports.services.export_pack import export_pack
from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError, Unacceptable
from portal.text_paths import about
from prompts.registry.models import Prompt
from prompts.registry.sensitivity import sensitive
from prompts.registry.services.sensitivity import note_read


class Command(BaseCommand):
    help = (
        "Write an evidence pack: a page in plain language, every record as far as the person of --as may see "
        "it, the entries of the log with their proof, and a program that checks all of it alone."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own --version gives way to the version of a prompt."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prompt", metavar="NAME", default="")
        parser.add_argument("--version", dest="number", metavar="N", type=int, default=None)
        parser.add_argument("--release", metavar="ID", type=int, default=None)
        parser.add_argument("--trace", metavar="ID", default="")
        parser.add_argument("--purpose", default="", help="what a sensitive prompt is read for; an entry")
        parser.add_argument("--out", metavar="FILE.zip", type=Path, required=True)
        parser.add_argument("--json", action="store_true", help="print what was written as one JSON object")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        actor, out = actor_from(options), Path(options["out"])
        if not out.parent.is_dir() or (out.exists() and not out.is_file()) or out.is_relative_to("/dev"):
            raise CommandError(f"{out} cannot be written: no such folder, or no ordinary file.", returncode=2)
        names = {"prompt": "prompt", "version": "number", "release": "release", "trace": "trace"}
        try:
            asked = PackAsk.read({name: options[key] for name, key in names.items()})
        except Unacceptable as error:
            raise CommandError(error.message, returncode=2) from error
        counter = Counter(self.stderr)
        try:
            for prompt in sensitive(Prompt.objects.visible_to(actor).filter(about(asked.as_dict()))):
                note_read(actor=actor, prompt=prompt, purpose=options["purpose"], what="export_evidence")
            made = export_pack(actor=actor, asked=asked)
            with draft_of(out) as draft:
                entries = made.write(draft, counter)
        except GovernedError as error:
            raise CommandError(error.message, returncode=1) from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error}", returncode=2) from error
        counter.end()
        told = {"file": str(out), "subject": made.contents.subject, "entries": entries}
        told["size"] = made.checkpoint.size
        words = f"Evidence of {made.contents.subject} with {entries} entries in {out}"
        self.stdout.write(json.dumps(told) if options["json"] else words)
