"""Reads of the registry that several verbs and rooms share."""

from audits.identity.errors import NotThere
from prompts.registry.models import Prompt, Version


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
