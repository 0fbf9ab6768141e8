"""``manage.py import_set``: BBQ, WinoBias, GSM8K or TruthfulQA from their files as a suite."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from prompts.evaluations.importers import READERS, read_set
from prompts.evaluations.services.ready_suites import add_set, check_variable
from prompts.registry.querysets import collections_with


class Command(BaseCommand):
    help = (
        "Takes a public set of questions in as a suite. WinoBias may be two files, pro- and "
        "anti-stereotypical. The question goes into one variable of the prompt. Exit 0, or 1 with the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(READERS))
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--collection", default="", help="a collection's name; empty: for every collection"
        )
        parser.add_argument("--message", default="message", help="the prompts' variable for the question")
        parser.add_argument("--most", type=int, help="so many questions (of WinoBias: pairs) at most")
        parser.add_argument("--name", default="", help="the suite's name")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            actor = actor_from(options)
            texts = [Path(name).read_text(encoding="utf-8") for name in options["files"]]
            message = check_variable(options["message"], "message")
            file = read_set(options["kind"], texts, message, options["most"])
            slug = options["collection"]
            collection = collections_with(actor, "view").filter(slug=slug).first() if slug else None
            if slug and collection is None:
                raise CommandError(f"There is no collection {slug!r}, or you may not see it.")
            suite = add_set(actor=actor, file=file, collection=collection, name=options["name"])
        except GovernedError as error:
            raise CommandError(error.message) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        self.stdout.write(f"{len(file.cases)} cases are in {suite.name}.")
