"""``manage.py grade``: promptfoo's assertions over JSON lines."""

import json
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.errors import GovernedError
from prompts.evaluations.grade_lines import answer_to
from prompts.evaluations.graders import ToolFault
from prompts.evaluations.grading_tools import tools_for


class Command(BaseCommand):
    help = (
        'Grades outputs. Standard input: JSON lines {"id", "output" or "outputs" and "index", "assert", '
        '"threshold", "context"}. Standard output, in order: JSON lines {"id", "pass", "score", "reason"} or '
        '{"id", "error"}. Exit 0 if every line was answered, 1 if a line was no JSON object, 2 if '
        "the provider "
        "or the embedder cannot be used. What each assertion asks for: docs/assertions.md"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--provider", help="the provider, by its name, that judges model-graded assertions"
        )
        parser.add_argument(
            "--embedder", help="what compares meanings: a provider's name, or minilm for the embedded model"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Answers each line as it comes; reads bytes, so that a wrong encoding spoils one line only."""
        stdin = getattr(sys.stdin, "buffer", sys.stdin)
        faulty = 0
        with ExitStack() as stack:
            try:
                tools = tools_for(stack, provider=options["provider"], embedder=options["embedder"])
            except (GovernedError, ToolFault) as error:
                raise CommandError(str(getattr(error, "message", error)), returncode=2) from None
            for place, raw in enumerate(stdin, start=1):
                line = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
                if not line.strip():
                    continue
                try:
                    asked = json.loads(line)
                    if not isinstance(asked, dict):
                        raise ValueError("not a JSON object")
                except (ValueError, RecursionError) as error:
                    faulty += 1
                    answer: dict[str, Any] = {"id": None, "error": f"line {place}: {error}"}
                else:
                    answer = {"id": asked.get("id"), **answer_to(asked, tools)}
                self.stdout.write(json.dumps(answer))
                self.stdout.flush()
        if faulty:
            sys.exit(1)
