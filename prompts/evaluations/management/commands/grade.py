"""``manage.py grade``: promptfoo's assertions over JSON lines."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from prompts.evaluations.graders import CannotGrade, Context, grade, grade_one
from prompts.evaluations.graders.values import number


class Command(BaseCommand):
    help = (
        'Grades outputs. Standard input: JSON lines {"id", "output" or "outputs" and "index", "assert", '
        '"threshold", "context"}. Standard output, in order: JSON lines {"id", "pass", "score", "reason"} or '
        '{"id", "error"}. Exit 0 if every line was answered, 1 if a line was no JSON object.'
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", help="the judge of model-graded assertions; none judges yet")
        parser.add_argument("--embedder", help="the embedder of similarity assertions; none embeds yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answers each line as it comes; reads bytes, so that a wrong encoding spoils one line only."""
        stdin = getattr(sys.stdin, "buffer", sys.stdin)
        faulty = 0
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
                answer = {"id": asked.get("id"), **answer_to(asked)}
            self.stdout.write(json.dumps(answer))
            self.stdout.flush()
        if faulty:
            sys.exit(1)


def answer_to(asked: dict[str, Any]) -> dict[str, Any]:
    """The verdict on one line, or its error."""
    try:
        output, context = _output(asked), _context(asked.get("context") or {})
        if "assert" not in asked:
            raise CannotGrade("needs assert: an assertion or a list of them")
        wanted, raw = asked["assert"], asked.get("threshold")
        threshold = None if raw is None else number(raw, "threshold")
        if isinstance(wanted, list) or threshold is not None:
            found = grade(wanted if isinstance(wanted, list) else [wanted], output, context, threshold)
        else:
            found = grade_one(wanted, output, context)
    except CannotGrade as reason:
        return {"error": str(reason)}
    except RecursionError:
        return {"error": "nested too deep"}
    told = found.as_dict()
    told.pop("assertion", None)
    return told


def _output(asked: dict[str, Any]) -> Any:
    if "output" in asked:
        return asked["output"]
    outputs, index = asked.get("outputs"), asked.get("index", 0)
    if not isinstance(outputs, list) or not isinstance(index, int) or not 0 <= index < len(outputs):
        raise CannotGrade("needs output, or outputs and the index of one")
    return outputs[index]


def _context(told: Any) -> Context:
    if not isinstance(told, dict):
        raise CannotGrade("needs an object as context")
    variables, finish = told.get("vars") or {}, told.get("finish_reason")
    if not isinstance(variables, dict):
        raise CannotGrade("needs an object as vars")
    measured = {name: told.get(name) for name in ("latency_ms", "cost")}
    figures = {name: None if value is None else number(value, name) for name, value in measured.items()}
    return Context(vars=variables, finish_reason=None if finish is None else str(finish), **figures)
