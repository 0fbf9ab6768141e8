"""``manage.py rotate_provider_keys``: encrypt the stored keys of providers with the newest encryption key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError, ProgrammingError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from prompts.evaluations import secrets
from prompts.evaluations.policies import ProviderPolicy
from prompts.evaluations.services.rotate_keys import forget_old_keys, rotate_keys


class Command(BaseCommand):
    help = (
        "Encrypts the stored keys of all providers with the newest encryption key: the first one of "
        "PROVIDER_ENCRYPTION_KEYS, else of DATA_DIR/keys/provider.key. Exit 1 if a key cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new-key", action="store_true", help="make a new encryption key in the file first"
        )
        parser.add_argument(
            "--forget-old", action="store_true", help="take older encryption keys out of the file afterwards"
        )
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"] and secrets.SEAL.told_keys:
            raise CommandError(
                "PROVIDER_ENCRYPTION_KEYS tells the keys: put the new one first there.", returncode=2
            )
        try:
            actor = actor_from(options)
            ProviderPolicy(actor).require("configure")
            if options["new_key"]:
                secrets.SEAL.renew()
            done, unreadable = rotate_keys(actor=actor)
            for name in done:
                self.stdout.write(f"encrypted anew: {name}")
            if unreadable:
                raise CommandError(
                    f"Cannot be read, enter the keys again: {', '.join(unreadable)}", returncode=1
                )
            if options["forget_old"]:
                forget_old_keys()
        except GovernedError as error:
            raise CommandError(error.message, returncode=1) from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"The database cannot be used: {error}", returncode=2) from error
