"""What several pages share: finding things that the person may see, and reading numbers from an address."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from prompts.registry.models import Prompt, Version

Trail = list[tuple[str, str | None]]
"""Where a page stands: texts with addresses, the last one being the page itself."""


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as an actor."""
    return request.actor  # type: ignore[attr-defined,no-any-return]


def seen_prompt(actor: Actor, pk: int) -> Prompt:
    """The prompt, if the actor may see it; else ``NotThere``, as for one that does not exist."""
    row = Prompt.objects.visible_to(actor).select_related("collection", "owner").filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such prompt, or you may not see it.")
    return row  # type: ignore[no-any-return]


def seen_version(actor: Actor, pk: int) -> Version:
    """The version with its prompt, if the actor may see the prompt; else ``NotThere``."""
    row = (
        Version.objects.visible_to(actor)
        .select_related("prompt__collection", "prompt__owner")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotThere("There is no such version, or you may not see it.")
    return row  # type: ignore[no-any-return]


def number(values: Mapping[str, Any], name: str) -> int | None:
    """A whole number from a form or an address; None where it is missing or no number."""
    text = str(values.get(name, "")).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None


def keys_of(values: Iterable[str], most: int) -> list[int]:
    """Keys of rows as boxes of a form send them, at most ``most``; what is none is left out."""
    return [int(text) for text in list(values)[:most] if text.isascii() and text.isdigit() and len(text) < 15]


def version_by_number(prompt: Prompt, wanted: int | None) -> Version | None:
    """The prompt's version of that number."""
    return None if wanted is None else prompt.versions.filter(number=wanted).first()


def crumbs_of(prompt: Prompt, *more: tuple[str, str | None]) -> Trail:
    """Where a prompt's pages stand: its collection, its name, and what follows."""
    listed = reverse("admin:prompts")
    folder = (prompt.collection.slug, f"{listed}?collection={prompt.collection.slug}")
    own = (prompt.name.removeprefix(f"{prompt.collection.slug}/"), reverse("admin:prompt", args=[prompt.pk]))
    return [("Prompts", listed), folder, own, *more]
