"""``manage.py record_outputs``: outputs that were made elsewhere, for a provider of recorded answers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError
from portal.evaluating import targets
from prompts.evaluations.recorded_files import outputs_in
from prompts.evaluations.services.record_outputs import record_outputs


class Command(BaseCommand):
    help = (
        "Takes outputs in that were made elsewhere: JSON lines or CSV with case and output, and if known "
        "finish_reason, response_model, latency_ms, input_tokens, output_tokens. A run of the version on the "
        "suite with this provider then grades them. Exit 0, or 1 with the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", metavar="NAME[@LABEL|:N]")
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--suite", required=True, help="a suite's name, or a file as evaluate takes it")
        parser.add_argument("--provider", required=True, help="a provider of recorded answers")
        parser.add_argument("--label", default="", help="where they come from; else the file's name")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            actor = actor_from(options)
            version = targets.version_of(actor, options["target"])
            suite, _ = targets.suite_of(actor, options["suite"], version)
            (provider,) = targets.providers_of([options["provider"]], version, suite)
            found = outputs_in(path.read_text("utf-8-sig"), path.name, options["label"] or path.name)
            stored = record_outputs(
                actor=actor, version_id=version.pk, suite_id=suite.pk, provider_id=provider.pk, outputs=found
            )
        except GovernedError as error:
            raise CommandError(error.message) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        self.stdout.write(f"{provider.name} has {stored:,} outputs for version {version.number}.")
