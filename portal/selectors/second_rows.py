"""What one person began and another one must decide or look at, as far as the reader sees the prompts."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from audits.identity.actors import Actor
from prompts.registry.models import Prompt
from prompts.releases.models import AdoptedText, Adoption, Emergency
from prompts.releases.policies import AdoptionPolicy, EmergencyPolicy
from prompts.releases.selectors import gate_policy_for

MOST = 40


@dataclass(frozen=True, slots=True)
class Urgent:
    """An emergency and what waits: ``confirm`` it, ``review`` it, or nothing but its end (``watch``)."""

    row: Emergency
    waits: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal to take texts on; ``texts`` are the first of them, ``count`` how many there are."""

    row: Adoption
    count: int
    texts: list[AdoptedText]
    why_not: str
    mine: bool


def emergencies_for(actor: Actor) -> list[Urgent]:
    """Those under way or not looked at yet, of prompts that the reader sees; the newest first."""
    seen = Prompt.objects.visible_to(actor).values("pk")
    rows = Emergency.objects.filter(prompt__in=seen, reviewed_at__isnull=True)
    rows = rows.exclude(state=Emergency.State.REFUSED).select_related(
        "prompt", "version", "environment", "asked_by", "confirmed_by"
    )
    return [urgent(actor, row) for row in rows.order_by("-pk")[:MOST]]


def urgent(actor: Actor, row: Emergency) -> Urgent:
    """One emergency for this reader."""
    policy = EmergencyPolicy(actor)
    if row.state == Emergency.State.ASKED:
        gate = gate_policy_for(row.prompt, row.environment)
        return Urgent(row, "confirm", policy.why_not("confirm", (row, gate)))
    if row.waits_for_review:
        return Urgent(row, "review", policy.why_not("review", row))
    return Urgent(row, "watch", "")


def adoptions_for(actor: Actor) -> list[Proposal]:
    """Open proposals about prompts of which the reader sees at least one, the oldest first."""
    seen = Prompt.objects.visible_to(actor).values("pk")
    about = AdoptedText.objects.filter(adoption=OuterRef("pk"), prompt__in=seen)
    rows = Adoption.objects.filter(Exists(about), state=Adoption.State.OPEN).annotate(n=Count("texts"))
    rows = rows.select_related("environment", "proposed_by").order_by("pk")
    return [_proposal(actor, row) for row in rows[:MOST]]


def _proposal(actor: Actor, row: Adoption) -> Proposal:
    seen = Prompt.objects.visible_to(actor).values("pk")
    texts = row.texts.filter(prompt__in=seen).select_related("prompt", "version").order_by("prompt__name")
    return Proposal(
        row=row,
        count=row.n,  # type: ignore[attr-defined]
        texts=list(texts[:200]),
        why_not=AdoptionPolicy(actor).why_not("confirm", row),
        mine=actor.user is not None and actor.user.pk == row.proposed_by_id,
    )
