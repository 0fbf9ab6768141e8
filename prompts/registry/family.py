"""A prompt with its variants: who belongs to it, who would answer, and who has drifted apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, QuerySet, Subquery

from audits.identity.actors import Actor
from prompts.registry.attachments import templates_of
from prompts.registry.drift import DIFFERS, LOOK, Drift, Side, drift_between
from prompts.registry.fragments import texts_of
from prompts.registry.lint.variables import asked_for
from prompts.registry.live_versions import served_at
from prompts.registry.models import Dimension, Environment, Prompt, RequiredClauses, Variant, Version
from prompts.registry.variants import fitting

LANGUAGE = "language"
"""Sentences are compared only between texts of one language, which this dimension tells."""


@dataclass(frozen=True, slots=True)
class Member:
    """A variant with the version that is compared (None where it has none) and where it has drifted."""

    variant: Variant
    compared: Version | None
    drift: list[Drift] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        """Whether a declared clause is missing."""
        return any(each.level not in {DIFFERS, LOOK} for each in self.drift)


@dataclass(frozen=True, slots=True)
class Family:
    """A base, its version that is compared, its clauses, and the variants that the reader may see."""

    base: Prompt
    compared: Version | None
    clauses: list[list[str]]
    members: list[Member]


def order_of_dimensions() -> list[str]:
    """Slugs, the one that counts most first."""
    return list(Dimension.objects.order_by("rank").values_list("slug", flat=True))


def variants_of(actor: Actor, base: Prompt) -> QuerySet[Variant]:
    """The variants of a base that the actor may see and that were not archived, by what they are for."""
    seen = Prompt.objects.visible_to(actor).in_use()
    return (
        Variant.objects.filter(base=base, prompt__in=seen.values("pk"))
        .select_related("prompt")
        .order_by("key")
    )


def answering(asked: Mapping[str, str], base: Prompt, rows: Iterable[Variant]) -> list[Prompt]:
    """Whose releases are looked for, in this order: fitting variants, the most special first; the base."""
    known = [(row.dimensions, row.prompt) for row in rows]
    return [*fitting(asked, known, order_of_dimensions()), base]


def family_of(actor: Actor, base: Prompt) -> Family:
    """The whole family, compared by what is served, where nothing is by newest texts; a number of queries
    that does not grow with it.
    """
    rows = list(variants_of(actor, base))
    told = RequiredClauses.objects.filter(base=base).first()
    clauses = told.clauses if told else []
    compared = compared_of([base, *(row.prompt for row in rows)])
    texts = texts_of(_pins(compared.values()))
    own = compared.get(base.pk)
    members = []
    for row in rows:
        version = compared.get(row.prompt_id)
        drift = _drift(own, version, clauses, texts, row) if own and version else []
        members.append(Member(row, version, drift))
    return Family(base, own, clauses, members)


def drift_of(variants: Iterable[Variant]) -> dict[int, list[Drift]]:
    """Where each of these variants (with ``base``) has drifted, by the key of its prompt."""
    rows = list(variants)
    compared = compared_of([prompt for row in rows for prompt in (row.prompt, row.base)])
    texts = texts_of(_pins(compared.values()))
    told = RequiredClauses.objects.filter(base__in={row.base_id for row in rows})
    clauses = dict(told.values_list("base_id", "clauses"))
    found = {}
    for row in rows:
        own, version = compared.get(row.base_id), compared.get(row.prompt_id)
        if own and version:
            found[row.prompt_id] = _drift(own, version, clauses.get(row.base_id, []), texts, row)
    return found


def compared_of(prompts: Iterable[Prompt]) -> dict[int, Version]:
    """By the prompt's key the version that is served in the highest environment, else the newest one."""
    keys = {prompt.name: prompt.pk for prompt in prompts}
    places = list(Environment.objects.order_by("rank").values_list("slug", flat=True))
    served = served_at({(name, slug) for name in keys for slug in places})
    highest = {keys[name]: served[name, slug] for slug in places for name in keys if (name, slug) in served}
    last = Version.objects.filter(prompt=OuterRef("prompt")).order_by("-number").values("number")[:1]
    wanted = Q(prompt__in=set(keys.values()) - set(highest), number=Subquery(last))
    rows = Version.objects.filter(wanted | Q(pk__in=highest.values()))
    return {row.prompt_id: row for row in rows.select_related("prompt").defer("canonical")}


def _pins(versions: Iterable[Version]) -> list[dict[str, object]]:
    unique = {(pin["name"], pin["version"]): pin for version in versions for pin in version.fragments}
    return list(unique.values())


def _drift(
    base: Version, variant: Version, clauses: list[list[str]], texts: Mapping[str, str], row: Variant
) -> list[Drift]:
    same = LANGUAGE not in row.dimensions
    found = drift_between(_side(base, texts), _side(variant, texts), clauses, same_language=same)
    moved = base.frozen_at and variant.frozen_at and base.frozen_at > variant.frozen_at
    if moved:
        told = f"was frozen before version {base.number} of the base, which it may have to follow"
        found.insert(0, Drift("base-moved", LOOK, told))
    return found


def _side(version: Version, texts: Mapping[str, str]) -> Side:
    """The text with its pinned fragments behind it, which is enough to look for sentences."""
    pins = {pin["name"]: pin["version"] for pin in version.fragments}
    inner = [texts[f"{name}@{number}"] for name, number in pins.items() if f"{name}@{number}" in texts]
    parts = [part for message in version.messages for part in templates_of(message)]
    asked = {name for part in parts for name in asked_for(version.format, part)}
    return Side(
        text="\n".join([version.text, *inner]),
        fragments=pins,
        variables=frozenset(asked),
        tools=version.tools or None,
        output_schema=version.output_schema or None,
    )
