"""The risk tier of a prompt decides who must sign: who may lower it, and how variants follow their base."""

from audits.identity.actors import Actor
from audits.identity.errors import Refused, Unacceptable
from audits.identity.roles import STEWARD
from audits.ledger.services import record
from prompts.registry.events import PROMPT_CHANGED
from prompts.registry.models import Prompt, RiskTier

ORDER = list(RiskTier.values)


def below(tier: str, other: str) -> bool:
    """Whether a tier asks for less than another."""
    return ORDER.index(tier) < ORDER.index(other)


def require_tier(actor: Actor, prompt: Prompt, wanted: str) -> None:
    """A lower tier asks for fewer signatures: stewards lower it, and no variant's below that of its base.

    Whoever asks for the base may be answered by a variant, which must not have had the easier way.
    """
    lowered = below(wanted, prompt.risk_tier)
    if lowered and actor.kind in {"person", "service"} and not actor.has_role(STEWARD):
        raise Refused("Only a steward lowers the risk tier of a prompt.", field="risk_tier")
    if lowered:
        require_base_tier(Prompt.objects.filter(variants__prompt=prompt).first(), wanted)


def require_base_tier(base: Prompt | None, wanted: str) -> None:
    """Raises ``Unacceptable`` for a variant's tier below that of its base."""
    if base is not None and below(wanted, base.risk_tier):
        raise Unacceptable(
            f"{base.name}, its base, has {base.get_risk_tier_display().lower()}; a variant has no lower one.",
            field="risk_tier",
        )


def raise_variants(actor: Actor, base: Prompt) -> None:
    """Brings variants below their base up to it, each with its own entry."""
    for prompt in Prompt.objects.filter(variant__base=base).order_by("name"):
        if not below(prompt.risk_tier, base.risk_tier):
            continue
        before, prompt.risk_tier = prompt.risk_tier, base.risk_tier
        prompt.save()
        record(
            event=PROMPT_CHANGED,
            actor=actor,
            subject_type="prompt",
            subject=prompt.name,
            reason=f"The risk tier of its base {base.name} was raised.",
            payload={"risk_tier": [before, prompt.risk_tier]},
        )
