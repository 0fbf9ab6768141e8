"""Whether the messages are templates of their language at all."""

from collections.abc import Iterable, Mapping
from typing import Any

from prompts.registry.attachments import templates_of
from prompts.registry.lint.findings import Finding, Place
from prompts.registry.lint.levels import BLOCKING
from prompts.registry.templating import TemplateFault, check_syntax


def find_faults(messages: Iterable[Mapping[str, Any]], format: str) -> list[Finding]:
    """A finding for each message that cannot be read; no policy makes less of it."""
    findings = []
    for number, message in enumerate(messages):
        try:
            for text in templates_of(message):
                check_syntax(format, text)
        except TemplateFault as fault:
            place = Place("messages", number, fault.line, fault.column)
            title = "The template cannot be read"
            findings.append(
                Finding("syntax", title, f"{fault.reason[:1].upper()}{fault.reason[1:]}.", place, BLOCKING)
            )
    return findings
