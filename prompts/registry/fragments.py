"""Fragments: which ones a text includes, which versions of them are pinned, and the texts to fill in with.

A text includes a fragment by its full name (``{{> shop/tone}}``, in Jinja2 ``{% include "shop/tone" %}``). A
draft takes the newest frozen version; at the freeze that version is pinned, with what it pins itself.
"""

from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from prompts.registry.errors import FragmentTrouble
from prompts.registry.models import Kind, Prompt, Version
from prompts.registry.templating import TemplateFault, find_partials


def included_names(version: Version) -> list[str]:
    """The fragments that the messages include directly; raises ``Unacceptable`` for a fault in a template."""
    names: list[str] = []
    for number, message in enumerate(version.messages):
        try:
            names += find_partials(version.format, message.get("content", ""))
        except TemplateFault as fault:
            field = f"messages[{number}].content"
            raise Unacceptable(f"{field}: {fault}", field=field) from None
    return list(dict.fromkeys(names))


def newest_fragment(actor: Actor, name: str) -> Version:
    """The newest frozen version of a fragment that the actor may see; raises ``FragmentTrouble``."""
    found = Prompt.objects.visible_to(actor).filter(name=name, kind=Kind.FRAGMENT, archived_at__isnull=True)
    version = Version.objects.frozen().filter(prompt__in=found).order_by("-number").first()
    if version is None:
        raise FragmentTrouble(
            f"The text includes {name!r}, which is no fragment with a frozen version.", field="messages"
        )
    return version


def resolve_pins(actor: Actor, version: Version) -> list[dict[str, Any]]:
    """The pins ``{"name", "version", "digest"}`` of all fragments, nested ones included, sorted by name.

    Raises ``FragmentTrouble`` where one is missing, includes the prompt itself, or is pinned in two versions.
    """
    pins: dict[str, dict[str, Any]] = {}
    for name in included_names(version):
        fragment = newest_fragment(actor, name)
        own = {"name": name, "version": fragment.number, "digest": fragment.digest}
        for pin in [own, *fragment.fragments]:
            _add_pin(pins, dict(pin), version.prompt.name, by=name)
    return [pins[name] for name in sorted(pins)]


def _add_pin(pins: dict[str, dict[str, Any]], pin: dict[str, Any], own_name: str, *, by: str) -> None:
    name = pin["name"]
    if name == own_name:
        raise FragmentTrouble(f"{own_name} would include itself through {by}.", field="messages")
    there = pins.setdefault(name, pin)
    if there != pin:
        numbers = sorted({there["version"], pin["version"]})
        raise FragmentTrouble(
            f"{name} would be included in two versions, {numbers[0]} and {numbers[1]}: "
            f"freeze a new version of {by}.",
            field="messages",
        )


def partials_of(actor: Actor, version: Version) -> dict[str, str]:
    """The texts of all included fragments by name: the pinned ones of a frozen version, else the newest.

    What a draft includes and is not there is left out (it fills in as empty).
    """
    pins = version.fragments if version.is_frozen else _draft_pins(actor, version)
    texts: dict[str, str] = {}
    for pin in pins:
        row = Version.objects.frozen().filter(prompt__name=pin["name"], number=pin["version"]).first()
        if row is not None:
            texts[pin["name"]] = row.text
    return texts


def _draft_pins(actor: Actor, version: Version) -> list[dict[str, Any]]:
    pins: list[dict[str, Any]] = []
    for name in included_names(version):
        try:
            fragment = newest_fragment(actor, name)
        except FragmentTrouble:
            continue
        pins += [*fragment.fragments, {"name": name, "version": fragment.number}]
    return pins
