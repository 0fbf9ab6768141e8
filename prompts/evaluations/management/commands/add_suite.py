"""``manage.py add_suite``: a ready suite into a collection; again, and it is brought up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from prompts.evaluations.ready.reading import names, told
from prompts.evaluations.services.ready_suites import add_ready_suite
from prompts.registry.querysets import collections_with


class Command(BaseCommand):
    help = (
        "Adds a ready suite to a collection, and the one by group beside it; a later version mends them. "
        "Without a name it lists what there is. Exit 0, or 1 with the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?")
        parser.add_argument(
            "--collection", default="", help="a collection's name; empty: for every collection"
        )
        parser.add_argument("--message", default="message", help="the prompts' variable for what is asked")
        parser.add_argument("--document", default="", help="their variable for a document, if they have one")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["name"]:
            for name in names():
                one = told(name)
                self.stdout.write(f"{name}: {one.title}, {one.cases} cases, {one.by_group} by group")
            return
        try:
            actor = actor_from(options)
            slug = options["collection"]
            collection = collections_with(actor, "view").filter(slug=slug).first() if slug else None
            if slug and collection is None:
                raise CommandError(f"There is no collection {slug!r}, or you may not see it.")
            made = add_ready_suite(
                actor=actor, name=options["name"], collection=collection, message=options["message"],
                document=options["document"],
            )  # fmt: skip
        except GovernedError as error:
            raise CommandError(error.message) from error
        for suite in made:
            self.stdout.write(f"{suite.cases.filter(is_active=True).count()} cases are in {suite.name}.")
