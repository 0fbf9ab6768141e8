"""Fill templates in: JSON lines from standard input, JSON lines to standard output, in order."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prompts.registry.templating import TemplateFault, render


class Command(BaseCommand):
    """Needs no database: it reads, fills in and answers line by line."""

    help = (
        'Fill templates in. Reads JSON lines {"id", "template", "format": "mustache"|"jinja2"|"handlebars", '
        '"vars", "partials"} and answers {"id", "text"} or {"id", "error"} in the same order.'
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """None: everything is told by standard input."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 when every line was answered, 2 when not one of them was JSON."""
        held: list[dict[str, Any]] = []
        readable = lines = 0
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            lines += 1
            request, reply = _read(line)
            readable += request is not None
            # Until something was readable the answers wait: a picture gets one message, not thousands.
            held.append(_fill(request) if request is not None else reply)
            if readable:
                for each in held:
                    self.stdout.write(json.dumps(each))
                held.clear()
        if lines and not readable:
            raise CommandError("Standard input holds no JSON lines.", returncode=2)


def _read(line: bytes) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return None, {"id": None, "error": f"this line is not JSON: {error}"}
    if not isinstance(request, dict):
        return None, {"id": None, "error": "this line is not a JSON object"}
    return request, {}


def _fill(request: dict[str, Any]) -> dict[str, Any]:
    name = request.get("id")
    template, format = request.get("template"), request.get("format", "mustache")
    variables, partials = request.get("vars") or {}, request.get("partials") or {}
    if not isinstance(template, str):
        return {"id": name, "error": "template must be text"}
    if not isinstance(variables, dict):
        return {"id": name, "error": "vars must be an object"}
    if not isinstance(partials, dict) or not all(isinstance(text, str) for text in partials.values()):
        return {"id": name, "error": "partials must be an object of texts"}
    try:
        return {"id": name, "text": render(format, template, variables, partials)}
    except TemplateFault as fault:
        return {"id": name, "error": str(fault)}
