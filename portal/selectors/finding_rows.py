"""Findings of the lint as pages show them: in words, with a link to the place."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from audits.identity.actors import Actor
from prompts.registry.lint import Finding, estimate_tokens
from prompts.registry.linting import findings_of
from prompts.registry.models import Version

WORDS = {
    "messages": "Text",
    "variables": "Variables",
    "model_settings": "Settings",
    "output_schema": "Shape of the answer",
    "config": "Configuration",
    "change_note": "What changed",
}


def lint_of(actor: Actor, version: Version, anchor: str) -> dict[str, Any]:
    """Findings and estimated tokens of a version; ``anchor`` begins the ids of its messages on the page."""
    findings = findings_of(actor, version)
    characters = sum(len(str(message.get("content", ""))) for message in version.messages)
    return {
        "rows": finding_rows(findings, version, anchor),
        "blocking": sum(finding.severity == "blocking" for finding in findings),
        "tokens": estimate_tokens(characters),
    }


def finding_rows(findings: Sequence[Finding], version: Version, anchor: str) -> list[dict[str, Any]]:
    """Each finding with ``where`` it stands in words and ``href`` to it."""
    rows = []
    for finding in findings:
        place = finding.place
        if finding.code in {"purpose", "limits"}:
            where, href = (
                "Description",
                f"{reverse('admin:prompt-edit', args=[version.prompt_id])}#id_{place.field}",
            )
        elif place.message is None:
            where, href = WORDS.get(place.field, place.field.capitalize()), f"#{place.field}"
        else:
            where = f"Message {place.message + 1}" if len(version.messages) > 1 else "Text"
            href = f"#{anchor}-{place.message + 1}"
        if place.line:
            where += f", line {place.line}, column {place.column}"
        rows.append({**finding.as_dict(), "where": where, "href": href})
    return rows
