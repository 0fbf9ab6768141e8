"""``manage.py evaluate``: run a version against a suite through the workers, and wait for the figures."""

import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError, ProgrammingError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import Conflict, GovernedError, Refused
from portal.evaluating import junit, targets
from prompts.evaluations.baselines import compare_runs
from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Run
from prompts.evaluations.services.start_run import start_runs
from prompts.registry.models import Prompt
from prompts.registry.services.sensitivity import note_command

MOST_NAMES = 20


class Command(BaseCommand):
    help = (
        "Runs a version against a suite through the workers. Without @LABEL or :N the newest frozen version; "
        "without --provider those of the last such run, else local. Exit 0, or 1 if the score is under "
        "--fail-under or the run did not finish, or 2 for bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", metavar="NAME[@LABEL|:N]")
        parser.add_argument(
            "--suite",
            required=True,
            help="a suite's name, or a file: promptfoo's configuration or tests (.yaml, .json, .jsonl, .csv)",
        )
        parser.add_argument("--provider", action="append", default=[], help="may be given several times")
        parser.add_argument("--judge", help="the provider that decides assertions a model is asked about")
        parser.add_argument("--embedder", default="", help="the provider that turns texts into vectors")
        parser.add_argument("--budget", metavar="USD", help="pause the run once so much is spent")
        parser.add_argument(
            "--no-cache", action="store_true", help="ask anew also where an answer is kept from before"
        )
        parser.add_argument("--repeat", type=int, default=1)
        parser.add_argument("--baseline", type=int, metavar="V", help="also run version V and compare")
        parser.add_argument("--concurrency", type=int, default=4)
        parser.add_argument(
            "--fail-under", type=float, metavar="X", help="the least weighted pass rate, 0 to 1"
        )
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--junit", metavar="FILE")
        parser.add_argument(
            "--pickup", type=float, default=30, help="seconds to wait for a worker (default 30)"
        )
        parser.add_argument(
            "--purpose",
            default="",
            help="what a sensitive prompt is evaluated for; without it the entry names the command",
        )
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        least = options["fail_under"]
        if least is not None and not 0 <= least <= 1:
            raise CommandError("--fail-under is between 0 and 1.", returncode=2)
        try:
            runs = self._start(options)
        except GovernedError as error:
            code = 1 if isinstance(error, Refused | Conflict) else 2
            raise CommandError(error.message, returncode=code) from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"The database cannot be used: {error}", returncode=2) from error
        try:
            for run in runs:
                self._wait(run, options["pickup"])
        except KeyboardInterrupt:
            raise CommandError("Stopped waiting; the run goes on.", returncode=1) from None
        run, *baseline = runs
        if options["junit"]:
            self._write_junit(run, Path(options["junit"]))
        self._tell(run, baseline, as_json=options["json"])
        if run.state != Run.State.FINISHED:
            raise CommandError(f"{run} is {run.state}: {run.note or 'it did not finish'}", returncode=1)
        if run.total and run.errors == run.total:
            raise CommandError(f"No case got an answer: {targets.first_error(run)}", returncode=1)
        if least is not None and float(run.score or 0) < least:
            raise CommandError(f"The score {float(run.score or 0):.4f} is under {least:g}.", returncode=1)

    def _start(self, options: dict[str, Any]) -> list[Run]:
        actor = actor_from(options)
        version = targets.version_of(actor, options["target"])
        suite, unsupported = targets.suite_of(actor, options["suite"], version)
        for line in unsupported:
            self.stderr.write(f"not supported: {line}")
        providers = targets.providers_of(options["provider"], version, suite)
        judge = targets.providers_of([options["judge"]], version, suite)[0] if options["judge"] else None
        prompt = Prompt.objects.filter(pk=version.prompt_id)
        note_command(actor=actor, prompts=prompt, command="evaluate", purpose=options["purpose"])
        versions = [version]
        if options["baseline"] is not None:
            versions.append(targets.version_of(actor, f"{version.prompt.name}:{options['baseline']}"))
        started = start_runs(
            actor=actor,
            version_ids=[one.pk for one in versions],
            suite_id=suite.pk,
            providers=providers,
            trigger=Run.Trigger.COMMAND,
            repeats=options["repeat"],
            concurrency=options["concurrency"],
            judge=judge,
            budget=options["budget"],
            embedder=options["embedder"],
            anew=options["no_cache"],
        )
        for run in started:
            send_run(run)
        return started

    def _wait(self, run: Run, pickup: float) -> None:
        """Shows progress on a terminal, a line per change in a pipe; gives up if no worker comes."""
        began, last = time.monotonic(), ""
        while run.is_at_work:
            run.refresh_from_db(fields=["state", "passed", "failed", "errors", "attempts", "note"])
            told = f"{run}: {run.state}, {run.done} of {run.total}"
            if told != last:
                last = told
                self.stderr.write(
                    f"\r{told}" if self.stderr.isatty() else told, ending="" if self.stderr.isatty() else "\n"
                )
            if run.state == Run.State.QUEUED and not run.attempts and time.monotonic() - began > pickup:
                raise CommandError(
                    f"No worker has picked {run} up within {pickup:g} s. Is one running (make run)? "
                    "The run stays queued.",
                    returncode=1,
                )
            time.sleep(0.2)
        if self.stderr.isatty():
            self.stderr.write("")
        run.refresh_from_db()

    def _write_junit(self, run: Run, path: Path) -> None:
        try:
            with path.open("w", encoding="utf-8") as out:
                out.writelines(junit.report(run))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}", returncode=2) from error

    def _tell(self, run: Run, baseline: list[Run], *, as_json: bool) -> None:
        told = figures(run)
        if baseline:
            told["baseline"] = figures(baseline[0])
            told["comparison"] = asdict(compare_runs(run, baseline[0]))
        if as_json:
            self.stdout.write(json.dumps(told))
            return
        cost = f", {told['cost']} USD" if told["cost"] is not None else ""
        score = "none" if run.score is None else f"{float(run.score):.4f}"
        self.stdout.write(
            f"{run.passed} passed, {run.failed} failed, {run.errors} errors; score {score}, "
            f"{told['seconds']} s{cost}\n{told['url']}"
        )
        if baseline:
            self._tell_change(run, baseline[0])
        sys.stdout.flush()

    def _tell_change(self, run: Run, baseline: Run) -> None:
        found = compare_runs(run, baseline)
        told = found.figures
        self.stdout.write(
            f"against version {baseline.version.number}: {told.verdict}; {told.change:+.4f} "
            f"({told.low:+.4f} to {told.high:+.4f}, p = {told.p:.3g}) over {told.cases} cases"
        )
        for words, names in (
            ("worse", found.regressions),
            ("better", found.improvements),
            ("flaky", found.flaky),
        ):
            for name in names[:MOST_NAMES]:
                self.stdout.write(f"  {words}: {name}")
            if len(names) > MOST_NAMES:
                self.stdout.write(f"  {words}: {len(names) - MOST_NAMES} more")


def figures(run: Run) -> dict[str, Any]:
    """The run as the contract shapes it: cost in USD as decimal text, null where no price is known."""
    return {
        "run": run.pk,
        "passed": run.passed,
        "failed": run.failed,
        "errors": run.errors,
        "score": None if run.score is None else float(run.score),
        "cost": None if run.cost is None else format(run.cost, "f"),
        "seconds": None if run.seconds is None else float(run.seconds),
        "url": f"{settings.PUBLIC_URL}/admin/evaluations/runs/{run.pk}/",
    }
