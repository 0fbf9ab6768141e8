"""Reads of the registry that several verbs and rooms share."""

from typing import Any

from audits.identity.errors import NotThere
from prompts.registry.documentation import SECTIONS, Completeness, Standard, completeness
from prompts.registry.models import DocumentationStandard, Prompt, Version


def version_by_number(prompt: Prompt, number: int) -> Version:
    """That version of the prompt; raises ``NotThere``."""
    version = Version.objects.filter(prompt=prompt, number=number).first()
    if version is None:
        raise NotThere(f"{prompt.name} has no version {number}.")
    return version


def newest_version(prompt: Prompt, *, frozen: bool = False) -> Version | None:
    """The version with the highest number, drafts included unless ``frozen``."""
    rows = Version.objects.filter(prompt=prompt)
    return (rows.frozen() if frozen else rows).order_by("-number").first()


def label_of(version: Version) -> str:
    """How the ledger and people write a version: ``clinic/triage@3``."""
    return f"{version.prompt.name}@{version.number}"


def standards() -> dict[str, Standard]:
    """The documentation standards by risk tier, in one query."""
    return {row.risk_tier: row.told() for row in DocumentationStandard.objects.all()}


def standard_of(prompt: Prompt) -> Standard:
    """What the prompt's tier asks; an empty standard without a label where none is set."""
    row = DocumentationStandard.objects.filter(risk_tier=prompt.risk_tier).first()
    return row.told() if row else Standard()


def sections_of(prompt: Prompt) -> dict[str, str]:
    """Every section of the prompt's documentation as text, the owner as a user name."""
    told = {name: str(getattr(prompt, name) or "") for name in SECTIONS}
    told["owner"] = prompt.owner.username if prompt.owner else ""
    return told


def documentation_of(prompt: Prompt) -> dict[str, Any]:
    """All that is said about the prompt, as a signature binds it: sections, risk tier, regulation tags."""
    return {
        **sections_of(prompt),
        "risk_tier": prompt.risk_tier,
        "regulation_tags": list(prompt.regulation_tags),
    }


def completeness_of(prompt: Prompt) -> Completeness:
    """The prompt's documentation against the standard in force."""
    return completeness(standard_of(prompt), sections_of(prompt))
