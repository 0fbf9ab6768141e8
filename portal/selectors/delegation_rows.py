"""Delegations as one's account shows them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import SIGNERS, title
from prompts.lifecycle.models import Delegation
from prompts.lifecycle.selectors.delegations import NEVER_SIGN

SHOWN = 40
MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One delegation: ``state`` is holds, begins, ended or revoked; ``is_mine``: the reader gave it."""

    row: Delegation
    role: str
    state: str
    is_mine: bool
    signatures: int
    last_day: Any

    @property
    def may_end(self) -> bool:
        """Whether it can still be revoked."""
        return self.state in {"holds", "begins"}


def delegations_of(actor: Actor) -> list[Row]:
    """Those that the actor gave or holds, the newest first."""
    mine = Q(delegator=actor.user) | Q(delegate=actor.user)
    rows = Delegation.objects.filter(mine).select_related("delegator", "delegate", "collection", "prompt")
    rows = rows.select_related("revocation").prefetch_related("sign_offs").order_by("-signed_at", "-pk")
    return [
        Row(
            row,
            title(row.role),
            _state(row),
            actor.user is not None and row.delegator_id == actor.user.pk,
            len(row.sign_offs.all()),
            row.ends_at - timedelta(seconds=1),
        )
        for row in rows[:SHOWN]
    ]


def _state(row: Delegation) -> str:
    now = timezone.now()
    if hasattr(row, "revocation"):
        return "revoked"
    if row.ends_at <= now:
        return "ended"
    return "begins" if row.starts_at > now else "holds"


def possible_delegates(actor: Actor) -> list[User]:
    """Whoever holds a role that signs, without those who administer or audit."""
    rows = User.objects.filter(is_active=True, groups__name__in=SIGNERS).exclude(groups__name__in=NEVER_SIGN)
    mine = actor.user.pk if actor.user is not None else 0
    return list(rows.exclude(pk=mine).distinct().order_by("full_name")[:MOST_PEOPLE])
