"""Prompts whose documentation is below the standard of their tier, as the work list shows them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When

from audits.identity.actors import Actor
from audits.identity.roles import DOCUMENTATION_SPECIALIST, WRITERS
from prompts.lifecycle.models import DocumentationSignature
from prompts.registry.documentation import Completeness, Standard, completeness, documentation_digest
from prompts.registry.models import Prompt, RiskTier, Version
from prompts.registry.selectors import documentation_of, sections_of, standards
from prompts.registry.undocumented import below_standard
from prompts.releases.models import Release

TIERS = (RiskTier.HIGH, RiskTier.LIMITED, RiskTier.MINIMAL)
PAGE = 40
COUNTED = 100
"""Counting stops here: a figure says "100+" rather than reading a large library to its end."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A prompt, what its documentation lacks, where it is live, and whether the reader may write it."""

    prompt: Prompt
    fields: Completeness
    live: list[str]
    may_document: bool


def undocumented(actor: Actor, tier: str = "", live: bool = False) -> QuerySet[Prompt]:
    """Of the prompts that the actor sees, those below their standard: the riskiest first, then the live."""
    return _below(actor, standards(), tier, live)


def gaps(actor: Actor, *, tier: str = "", live: bool = False, start: int = 0, most: int = PAGE) -> list[Gap]:
    """A page of ``undocumented`` with all that is missing, in a constant number of queries."""
    told = standards()
    rows = list(_below(actor, told, tier, live).select_related("owner")[start : start + most])
    keys = [row.pk for row in rows]
    places: dict[int, list[str]] = {}
    found = Release.objects.filter(prompt__in=keys, state="live").order_by("environment__rank")
    for key, slug in found.values_list("prompt", "environment__slug"):
        places.setdefault(key, []).append(slug)
    mine = _documented_by(actor, keys)
    return [
        Gap(
            row,
            completeness(told.get(row.risk_tier, Standard()), sections_of(row)),
            places.get(row.pk, []),
            row.pk in mine,
        )
        for row in rows
    ]


def counted(rows: QuerySet[Any]) -> str:
    """How many rows, up to ``COUNTED``."""
    many = rows.order_by()[: COUNTED + 1].count()
    return f"{COUNTED}+" if many > COUNTED else str(many)


def _below(actor: Actor, told: dict[str, Standard], tier: str, live: bool) -> QuerySet[Prompt]:
    rows = below_standard(Prompt.objects.visible_to(actor).in_use(), told)
    if tier:
        rows = rows.filter(risk_tier=tier)
    rank = Case(*(When(risk_tier=each, then=Value(at)) for at, each in enumerate(TIERS)), default=Value(9))
    is_live = Exists(Release.objects.filter(prompt=OuterRef("pk"), state="live"))
    if live:
        rows = rows.filter(is_live)
    return rows.alias(rank=rank, is_live=is_live).order_by("rank", "-is_live", "name")


def _documented_by(actor: Actor, keys: list[int]) -> set[int]:
    """Which of these prompts, all of them seen, the actor may document (as ``PromptPolicy`` says of one)."""
    if actor.has_role(DOCUMENTATION_SPECIALIST):
        return set(keys)
    if not actor.has_role(*WRITERS):
        return set()
    return set(Prompt.objects.with_right(actor, "write").filter(pk__in=keys).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A live version whose documentation is complete and not signed as it stands; ``before``: once it was."""

    version: Version
    live: list[str]
    before: bool


def unsigned(actor: Actor, most: int = 20) -> list[Unsigned]:
    """What a documentation specialist can sign now, the riskiest first; four queries."""
    complete = Prompt.objects.visible_to(actor).in_use()
    complete = complete.exclude(pk__in=below_standard(complete, standards()).values("pk"))
    # Signed after the prompt was last edited: nothing changed since. The rest is compared digest by digest.
    fresh = DocumentationSignature.objects.filter(
        version=OuterRef("pk"), signed_at__gte=OuterRef("prompt__updated_at")
    )
    live = Release.objects.filter(version=OuterRef("pk"), state="live")
    rank = Case(*(When(prompt__risk_tier=each, then=Value(at)) for at, each in enumerate(TIERS)))
    rows = list(
        Version.objects.filter(Exists(live), ~Exists(fresh), prompt__in=complete.values("pk"))
        .select_related("prompt__owner")
        .defer("canonical", "messages")
        .order_by(rank, "prompt__name", "-number")[: 3 * most]
    )
    signed: dict[int, set[str]] = {}
    signatures = DocumentationSignature.objects.filter(version__in=rows)
    for key, digest in signatures.values_list("version", "documentation_digest"):
        signed.setdefault(key, set()).add(digest)
    places: dict[int, list[str]] = {}
    found = Release.objects.filter(version__in=rows, state="live").order_by("environment__rank")
    for key, slug in found.values_list("version", "environment__slug"):
        places.setdefault(key, []).append(slug)
    return [
        Unsigned(row, places[row.pk], row.pk in signed)
        for row in rows
        if documentation_digest(documentation_of(row.prompt)) not in signed.get(row.pk, ())
    ][:most]
