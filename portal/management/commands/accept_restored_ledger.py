"""`manage.py accept_restored_ledger`: go on after a restore from a backup that is older than the log was."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from portal.services.tend_ledger import accept_restored_log


class Command(BaseCommand):
    help = (
        "After a database was restored from a backup, checkpoints outside may tell of entries that it no "
        "longer has; then nothing is signed. This records what was lost and who decided to go on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="why, for whoever reads the log later")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            event = accept_restored_log(actor=actor_from(options), reason=options["reason"])
        except GovernedError as error:
            raise CommandError(error.message, returncode=1) from error
        self.stdout.write(f"Recorded as {event.uuid}. New entries are signed from now on.")
