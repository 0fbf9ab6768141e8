"""`manage.py verify_export FILE`: is a bundle or an evidence pack whole, and of this portal?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.exports import verify
from audits.exports.selectors import why_not_ours


class Command(BaseCommand):
    help = (
        "Check a bundle or an evidence pack with this portal's copy of the program that it carries, and that "
        "it is of this portal's log. Exit 1 where something does not fit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="print what was found as one JSON object")
        parser.add_argument(
            "--elsewhere", action="store_true", help="it is of another portal: its key and log are not ours"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                found = verify.check(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error
        except verify.Bad as error:
            self._failed(str(error), options["json"])
            return
        if not options["elsewhere"] and (reason := why_not_ours(found)):
            self._failed(reason, options["json"])
        words = verify.told(found)
        if not options["elsewhere"]:
            words += "\nIt is signed by this portal's key, and today's log still begins with its entries."
        self.stdout.write(json.dumps({"ok": True, **found}) if options["json"] else words)

    def _failed(self, reason: str, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "reason": reason}))
        raise CommandError(f"NOT SOUND: {reason}", returncode=1)
