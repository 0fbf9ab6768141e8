"""What waits for a second person: changes of policies and gates, inherited texts, roles that sign, and
passwords of those who hold them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.models import AccessProposal
from audits.identity.services.roles import why_not_confirm
from portal.selectors.second_rows import adoptions_for
from prompts.lifecycle.models import PolicyProposal
from prompts.lifecycle.services.propose_policy import why_not_confirm as why_not_confirm_policy
from prompts.releases.policies import GatePolicyRules, seen_changes

FEW = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal in words, and the page on which it is decided."""

    words: str
    by: str
    at: datetime
    url: str


def to_confirm(actor: Actor) -> list[Waiting]:
    """Proposals to which this person could say yes, the oldest first."""
    policies = [
        Waiting(
            f"Approval policy {row.name}",
            row.proposed_by,
            row.proposed_at,
            reverse("admin:policy-proposal", args=[row.pk]),
        )
        for row in PolicyProposal.objects.filter(state="open")[:FEW]
        if not why_not_confirm_policy(actor, row)
    ]
    accounts = [
        Waiting(str(row), row.proposed_by, row.proposed_at, reverse("admin:proposals"))
        for row in AccessProposal.objects.filter(state="open").select_related("user")[:FEW]
        if not why_not_confirm(actor, row)
    ]
    found = [*policies, *accounts, *_of_releases(actor)]
    return sorted(found, key=lambda row: row.at)[:FEW]


def _of_releases(actor: Actor) -> Iterator[Waiting]:
    """Changes of gates, and proposals to take texts on."""
    url = reverse("admin:second-person")
    changes = seen_changes(actor).filter(state="open").select_related("environment", "proposed_by")
    for change in changes.order_by("pk")[:FEW]:
        if GatePolicyRules(actor).may("confirm", change):
            tier = f" for {change.get_risk_tier_display().lower()}" if change.risk_tier else ""
            words = f"Gate of {change.environment.slug}{tier}: {change.get_kind_display().lower()}"
            yield Waiting(words, change.proposed_by.username, change.proposed_at, url)
    for one in adoptions_for(actor):
        if not one.why_not:
            words = (
                f"{one.count} inherited text{'' if one.count == 1 else 's'} for {one.row.environment.slug}"
            )
            yield Waiting(words, one.row.proposed_by.username, one.row.proposed_at, url)
