"""What waits for a second person: changes of policies, roles that sign, passwords of those who hold them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.models import AccessProposal
from audits.identity.services.roles import why_not_confirm
from prompts.lifecycle.models import PolicyProposal
from prompts.lifecycle.services.propose_policy import why_not_confirm as why_not_confirm_policy

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
    return sorted([*policies, *accounts], key=lambda row: row.at)[:FEW]
