"""Fragments: which versions of them are pinned at a freeze, and the texts to fill in with.

A draft takes the newest frozen version of what it includes by name, the one that it names, or the one that
is served in the environment that it names (``inclusion.py``); at the freeze these are pinned, with what they
pin themselves. Every refusal names the message and the line.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from prompts.registry.errors import FragmentTrouble
from prompts.registry.inclusion import (
    DEEPEST,
    LARGEST,
    MOST,
    Inclusion,
    declared,
    fits,
    inclusions,
    labelled,
    undeclared,
    weigh,
)
from prompts.registry.live_versions import served_at
from prompts.registry.models import Environment, Kind, Prompt, Version
from prompts.registry.querysets import PromptQuerySet
from prompts.registry.templating import TemplateFault

Pin = dict[str, Any]
"""``{"name", "version", "digest"}``, as the canonical document has it."""


def included(version: Version) -> list[Inclusion]:
    """What the messages include directly; raises ``Unacceptable`` for a fault in a template."""
    try:
        return inclusions(version.format, version.messages)
    except TemplateFault as fault:
        raise Unacceptable(str(fault), field="messages") from None


def newest_fragments(actor: Actor, asked: Iterable[Inclusion]) -> dict[str, Version]:
    """By reference the frozen versions that the actor may include; what is missing is left out.

    One query, and one more where an environment is named.
    """
    wanted = list(asked)
    if not wanted:
        return {}
    served = served_at({(row.name, row.label) for row in wanted if row.label})
    visible = _includable(actor)
    last = Version.objects.frozen().filter(prompt=OuterRef("prompt")).order_by("-number").values("number")[:1]
    named = Q(prompt__name__in={row.name for row in wanted if not row.label}, number=F("last"))
    named |= Q(pk__in=set(served.values()))
    for row in wanted:
        if row.number is not None:
            named |= Q(prompt__name=row.name, number=row.number)
    rows = Version.objects.frozen().filter(prompt__in=visible.values("pk")).annotate(last=Subquery(last))
    found = list(rows.filter(named).select_related("prompt").defer("canonical"))
    by_number = {(row.prompt.name, row.number): row for row in found}
    newest = {row.prompt.name: row for row in sorted(found, key=lambda row: row.number)}
    by_key = {row.pk: row for row in found}

    def fitting(row: Inclusion) -> Version | None:
        if row.label:
            return by_key.get(served.get((row.name, row.label), 0))
        return newest.get(row.name) if row.number is None else by_number.get((row.name, row.number))

    told = {row.reference: fitting(row) for row in wanted}
    return {reference: version for reference, version in told.items() if version is not None}


def _includable(actor: Actor) -> PromptQuerySet:
    return Prompt.objects.visible_to(actor).filter(kind=Kind.FRAGMENT, archived_at__isnull=True)


def resolve_pins(actor: Actor, version: Version) -> list[Pin]:
    """The pins of all fragments, nested ones included, sorted by name.

    Raises ``FragmentTrouble`` where one is missing, written in another template language, includes the prompt
    itself, is pinned in two versions, needs a variable that is not declared, or where they go too deep.
    """
    wanted = included(version)
    found = newest_fragments(actor, wanted)
    pins: dict[str, Pin] = {}
    for row in wanted:
        fragment = found.get(row.reference)
        if fragment is None:
            raise _trouble(row, f"{row.name!r} is included, but {_missing(actor, row)}")
        if not fits(version.format, fragment.format, fragment.text):
            languages = f"{fragment.get_format_display()}, this text in {version.get_format_display()}"
            raise _trouble(row, f"{row.name} is written in {languages}")
        own = {"name": row.name, "version": fragment.number, "digest": fragment.digest}
        for pin in [own, *fragment.fragments]:
            _add_pin(pins, dict(pin), version.prompt.name, row)
    if wanted:
        _require_bounds(version, wanted, pins)
    return [pins[name] for name in sorted(pins)]


def _missing(actor: Actor, row: Inclusion) -> str:
    """Why there is nothing to include."""
    if not row.label:
        what = f"no frozen version {row.number}" if row.number else "no frozen version"
        return f"there is {what} of a fragment of that name"
    environments = list(Environment.objects.values_list("slug", flat=True))
    if row.label not in environments:
        return f"there is no environment {row.label!r}; there are {', '.join(environments)}"
    if not _includable(actor).filter(name=row.name).exists():
        return "there is no fragment of that name"
    return f"nothing of it is served in {row.label}: release a version there first, or name a version"


def _trouble(row: Inclusion, reason: str) -> FragmentTrouble:
    return FragmentTrouble(f"{row.place[:1].upper()}{row.place[1:]}: {reason}.", field="messages")


def _add_pin(pins: dict[str, Pin], pin: Pin, own_name: str, row: Inclusion) -> None:
    name, through = pin["name"], row.name
    if name == own_name:
        raise _trouble(row, f"{own_name} would include itself through {through}")
    there = pins.setdefault(name, pin)
    if there != pin:
        low, high = sorted([there["version"], pin["version"]])
        cure = "name one of them" if through == name else f"freeze a new version of {through}"
        raise _trouble(row, f"{name} would be included in two versions, {low} and {high}: {cure}")


def _require_bounds(version: Version, wanted: list[Inclusion], pins: dict[str, Pin]) -> None:
    first = wanted[0]
    if len(pins) > MOST:
        raise _trouble(first, f"with what they include there are {len(pins)} fragments; {MOST} are the most")
    texts = texts_of(pins.values(), version.messages)
    size = 0
    known = declared(version.variables)
    for number, message in enumerate(version.messages, start=1):
        content = str(message.get("content", ""))
        here = next((row for row in wanted if row.message == number), first)
        weight, depth = weigh(version.format, content, texts)
        size += weight
        if depth > DEEPEST:
            raise _trouble(here, f"fragments include one another more than {DEEPEST} deep")
        if size > LARGEST:
            raise _trouble(here, f"with its fragments the text is longer than {LARGEST:,} characters")
        for reference, name in undeclared(version.format, content, texts, known) if known else ():
            place = next((row for row in wanted if row.reference == reference), first)
            raise _trouble(place, f"{reference} asks for the variable {name!r}, which is not declared")


def texts_of(pins: Iterable[Pin], messages: Iterable[Mapping[str, Any]] = ()) -> dict[str, str]:
    """The texts of pinned fragments, by name and by ``name@version``; one query.

    Also by ``name@environment`` where they, or the ``messages`` that pin them, include one another like that:
    what was served there at the freeze is the version that was pinned.
    """
    named = Q()
    for pin in pins:
        named |= Q(prompt__name=pin["name"], number=pin["version"])
    if not named:
        return {}
    rows = Version.objects.frozen().filter(named).select_related("prompt").defer("canonical")
    found = {(row.prompt.name, row.number): row.text for row in rows}
    whole = [*found.values(), *(str(message.get("content", "")) for message in messages)]
    return {
        reference: text
        for (name, number), text in found.items()
        for reference in (name, f"{name}@{number}", *labelled(name, whole))
    }


def partials_of(actor: Actor, version: Version) -> dict[str, str]:
    """The texts of all included fragments by reference: the pinned ones of a frozen version, else the newest.

    What a draft includes and is not there is left out (it fills in as empty).
    """
    if version.is_frozen:
        return texts_of(version.fragments, version.messages)
    found = newest_fragments(actor, included(version))
    inner = [pin for fragment in found.values() for pin in fragment.fragments]
    between = [message for fragment in found.values() for message in fragment.messages]
    return {**texts_of(inner, between), **{reference: fragment.text for reference, fragment in found.items()}}
