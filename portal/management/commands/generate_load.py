"""``manage.py generate_load``: bulk data for measurements."""

import argparse
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError, Refused
from portal.services import generate_load as load
from portal.services.setup_portal import ensure_portal

CHUNK = {"prompts": 500, "calls": 5000, "entries": 1000}


class Command(BaseCommand):
    """Fills a database that holds no real prompt; run again, it adds what is missing of the prompts."""

    help = "Synthetic bulk data: load/p000000… with released versions, calls and ledger entries."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--prompts", type=int, required=True, metavar="N")
        parser.add_argument("--versions", type=int, required=True, metavar="M", help="of each prompt")
        parser.add_argument("--calls", type=int, default=0, metavar="K")
        parser.add_argument("--entries", type=int, default=0, metavar="L", help="entries of the ledger")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        actor, versions = actor_from(options), options["versions"]
        try:
            counts = {name: options[name] for name in ("prompts", "versions", "calls", "entries")}
            load.check_request(**counts)
            ensure_portal()
            collection = load.open_collection(actor=actor)

            def prompts(start: int, stop: int) -> None:
                load.add_prompts(
                    actor=actor, collection=collection, start=start, stop=stop, versions=versions
                )

            self.in_steps("prompts", counts["prompts"], prompts)
            self.in_steps(
                "calls",
                counts["calls"],
                lambda start, stop: load.add_calls(actor=actor, count=stop - start, start=start),
            )
            self.in_steps(
                "entries",
                counts["entries"],
                lambda start, stop: load.add_entries(actor=actor, count=stop - start),
            )
        except GovernedError as error:
            raise CommandError(error.message, returncode=1 if isinstance(error, Refused) else 2) from error

    def in_steps(self, word: str, total: int, step: Callable[[int, int], Any]) -> None:
        """Runs in chunks, each a transaction of its own, with progress on a terminal."""
        began, chunk = time.monotonic(), CHUNK[word]
        for start in range(0, total, chunk):
            stop = min(start + chunk, total)
            step(start, stop)
            if self.stdout.isatty():
                self.stdout.write(f"\r{stop:,} of {total:,} {word}", ending="")
        if total:
            end = "\n" if self.stdout.isatty() else ""
            self.stdout.write(f"{end}{total:,} {word} in {time.monotonic() - began:.1f} s")
