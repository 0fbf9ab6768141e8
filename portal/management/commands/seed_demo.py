"""``manage.py seed_demo``: the demo organisation."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.identity.errors import GovernedError
from portal.demo import logins
from portal.demo.people import RealPeople
from portal.services.seed_demo import seed_demo


class Command(BaseCommand):
    help = (
        "Makes the demo organisation: a bank, a clinic and a shop, with people to log in as; safe to repeat. "
        "Refuses a database that holds other people."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the log-ins as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOOPBACK:
            raise CommandError("Demo log-ins are only made where HOST is a loopback address.", returncode=2)
        try:
            told = seed_demo(say=self._progress)
        except RealPeople as error:
            raise CommandError(error.message, returncode=2) from error
        except (GovernedError, TimeoutError) as error:
            raise CommandError(str(error), returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2))
        else:
            self.stdout.write(f"The demo organisation is there. Its log-ins: {logins.path()}")

    @staticmethod
    def _progress(line: str) -> None:
        """On stderr: stdout may be JSON."""
        sys.stderr.write(f"demo: {line}\n")
