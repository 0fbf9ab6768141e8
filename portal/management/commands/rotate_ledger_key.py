"""`manage.py rotate_ledger_key`: a new key that signs the log's checkpoints."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from portal.services.tend_ledger import change_key


class Command(BaseCommand):
    help = (
        "Give the audit log a new signing key. The old one signs the change and one checkpoint together with "
        "the new one, and is gone then: destroy its copies. Prints the new public key, which goes to whoever "
        "checks exports."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="why, for whoever reads the log later")
        parser.add_argument(
            "--lost",
            metavar="LINE",
            default="",
            help="the old private key is gone: its public line, as in ledger/public-key.txt of any bundle. "
            "Nobody vouches for the new key then, and every verification says so",
        )
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            change = change_key(actor=actor_from(options), reason=options["reason"], lost=options["lost"])
        except GovernedError as error:
            raise CommandError(error.message, returncode=1) from error
        self.stdout.write(change.new)
