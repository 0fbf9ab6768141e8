"""Set what the documentation of a risk tier must hold."""

from typing import Any

from audits.identity.actors import Actor
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.documentation import as_json, parse_sections
from prompts.registry.events import STANDARD_SET
from prompts.registry.models import DocumentationStandard, RiskTier
from prompts.registry.texts import check_choice

MINIMAL = {"purpose": 20, "excluded_use": 10, "owner": 1}
LIMITED = {**MINIMAL, "intended_use": 10, "data": 10, "limits": 10, "contact": 3}
HIGH = {**LIMITED, "audience": 5, "hazards": 20, "explanation": 20}
DEFAULTS = {RiskTier.MINIMAL: MINIMAL, RiskTier.LIMITED: LIMITED, RiskTier.HIGH: HIGH}
"""What a new portal starts with: sections with their least length in characters."""


@verb
def set_standard(*, actor: Actor, risk_tier: str, sections: list[dict[str, Any]]) -> DocumentationStandard:
    """Creates or changes the standard of a tier; a change is a new version, the same again changes nothing.

    It holds from now on for every prompt of the tier, in the meter, the work list and the gates that ask for
    it. Raises ``Unacceptable`` naming the field, ``Refused``.
    """
    row = DocumentationStandard.objects.select_for_update().filter(risk_tier=risk_tier).first()
    ConfigurationPolicy(actor).require("configure")
    check_choice(risk_tier, "risk_tier", RiskTier.values)
    wanted = as_json(parse_sections(sections))
    before = row.sections if row else None
    if before == wanted and row is not None:
        return row
    if row is None:
        row = DocumentationStandard(risk_tier=risk_tier, sections=wanted)
    else:
        row.sections, row.version = wanted, row.version + 1
    row.save()
    payload = {"version": row.version, "sections": wanted, "before": before}
    record(event=STANDARD_SET, actor=actor, subject_type="standard", subject=risk_tier, payload=payload)
    return row


@verb
def ensure_default_standards(*, actor: Actor) -> list[DocumentationStandard]:
    """Makes the standards of tiers that have none; those that people set stay. Returns the new ones."""
    ConfigurationPolicy(actor).require("configure")
    there = set(DocumentationStandard.objects.values_list("risk_tier", flat=True))
    return [
        set_standard(
            actor=actor,
            risk_tier=str(tier),
            sections=[{"name": name, "least": least} for name, least in asked.items()],
        )
        for tier, asked in DEFAULTS.items()
        if tier not in there
    ]
