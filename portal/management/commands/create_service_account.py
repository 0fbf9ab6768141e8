"""``manage.py create_service_account``: a key pair for an application, shown once."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError, Refused
from audits.identity.models.service_account import VERBS
from audits.identity.services.keys import create_key
from portal.services.setup_portal import ensure_portal
from prompts.registry.models import Collection, Environment


class Command(BaseCommand):
    """Creates a service account; the secret is printed now and never again."""

    help = "Creates a service account and prints its key pair, once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="small letters, digits and hyphens")
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument(
            "--collection",
            action="append",
            default=[],
            metavar="C",
            help="a collection's slug; may be repeated",
        )
        scope.add_argument("--all-collections", action="store_true", help="every collection, future ones too")
        parser.add_argument(
            "--environment",
            action="append",
            default=[],
            metavar="E",
            help="whose releases it reads; without one, none",
        )
        parser.add_argument(
            "--verb",
            action="append",
            default=[],
            metavar="V",
            help=f"read unless told; one of {', '.join(VERBS)}",
        )
        parser.add_argument("--expires", type=int, default=365, metavar="DAYS", help="365 days unless told")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        actor = actor_from(options)
        ensure_portal()
        known(Collection, options["collection"], "collection")
        environments = known(Environment, options["environment"], "environment")
        try:
            pair = create_key(
                actor=actor,
                name=options["name"],
                all_collections=options["all_collections"],
                collections=options["collection"],
                environments=options["environment"],
                protected_environments=[row.slug for row in environments if row.is_protected],
                verbs=options["verb"] or ["read"],
                days=options["expires"],
            )
        except GovernedError as error:
            raise CommandError(error.message, returncode=1 if isinstance(error, Refused) else 2) from error
        told = {"public_key": pair.public_key, "secret_key": pair.secret_key}
        if options["as_json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"public key  {pair.public_key}\nsecret key  {pair.secret_key}")
        if self.stdout.isatty():
            end = f"{pair.account.expires_at:%Y-%m-%d}"
            self.stdout.write(f"Keep the secret now: it is shown this once. The key ends on {end}.")


def known(model: Any, slugs: list[str], word: str) -> list[Any]:
    """The rows of these slugs; exit 2 for one that is none."""
    rows = list(model.objects.filter(slug__in=slugs))
    if missing := sorted(set(slugs) - {row.slug for row in rows}):
        raise CommandError(f"There is no {word} {missing[0]!r}.", returncode=2)
    return rows
