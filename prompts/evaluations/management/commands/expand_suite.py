"""``manage.py expand_suite``: a suite's marked cases about people of each group, in a suite beside it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from prompts.evaluations.fairness.word_lists import DIMENSIONS, read_lists
from prompts.evaluations.models import Suite
from prompts.evaluations.own_lists import lists_named
from prompts.evaluations.services.expand_suite import expand_suite, expanded


class Command(BaseCommand):
    help = (
        "Writes each case with marked words, such as [[name]] or [[they]], about people of each group into "
        "the suite NAME-by-group. Exit 0, or 1 with the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("suite")
        parser.add_argument("--into", default="", help="the name of the suite that is written")
        parser.add_argument(
            "--dimension", action="append", choices=DIMENSIONS, help="several times for several"
        )
        parser.add_argument("--language", default="en", help="or the name of lists kept in the portal")
        parser.add_argument("--lists", metavar="FILE", help="own word lists, as YAML")
        parser.add_argument("--per-group", type=int, default=2, help="people of each group (default 2)")
        parser.add_argument(
            "--slot", action="append", default=[], metavar="VARIABLE=SLOT",
            help="a variable of which the whole value is swapped, such as customer=name",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="only name the cases")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            actor = actor_from(options)
            suite = Suite.objects.visible_to(actor).filter(name=options["suite"]).first()
            if suite is None:
                raise CommandError(f"There is no suite {options['suite']!r}, or you may not see it.")
            own = options["lists"]
            lists = read_lists(Path(own).read_text("utf-8")) if own else lists_named(options["language"])
            slots = dict(one.split("=", 1) for one in options["slot"] if "=" in one)
            file = expanded(
                suite, lists=lists, dimensions=options["dimension"] or DIMENSIONS,
                per_group=options["per_group"], slots=slots,
            )  # fmt: skip
            if options["dry_run"]:
                self.stdout.write("\n".join(case["name"] for case in file.cases))
                return
            made = expand_suite(actor=actor, suite=suite, file=file, name=options["into"])
        except GovernedError as error:
            raise CommandError(error.message) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The lists cannot be read: {error}") from error
        self.stdout.write(f"{len(file.cases)} cases are in {made.name}.")
