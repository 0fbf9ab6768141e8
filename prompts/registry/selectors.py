"""Reads of the registry that several verbs and rooms share."""

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from prompts.registry.models import Prompt, Version


def prompt_by_name(actor: Actor, name: str) -> Prompt:
    """The prompt of that very name; raises ``NotThere`` also where the actor may not know of it."""
    prompt = Prompt.objects.visible_to(actor).filter(name=name).first()
    if prompt is None:
        raise NotThere(f"There is no prompt {name[:300]!r}.")
    return prompt


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
