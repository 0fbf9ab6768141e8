"""Hand over what a person answers for: ownership and stewardships of prompts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from audits.identity.actors import Actor
from audits.identity.errors import Refused, Unacceptable
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR, STEWARD
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.models import Prompt, Steward
from prompts.registry.texts import check_text


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Names of the prompts that changed hands, and how many more the actor sees and may not hand over."""

    moved: list[str]
    left: int


def answered_for(actor: Actor, person: User) -> QuerySet[Any]:
    """Prompts that the person owns or keeps as a steward and that the actor may see, archived ones too."""
    keeps = Steward.objects.filter(prompt=OuterRef("pk"), user=person)
    return Prompt.objects.visible_to(actor).filter(Q(owner=person) | Exists(keeps)).order_by("name")


def may_be_handed_over(actor: Actor, person: User) -> QuerySet[Any]:
    """Those among them that the actor may hand over; raises ``Refused`` for whoever hands nothing over.

    An administrator may all, a steward those that he may write.
    """
    rows = answered_for(actor, person)
    if actor.kind == "shell" or (actor.account is None and actor.has_role(ADMINISTRATOR)):
        return rows
    if actor.account is None and actor.has_role(STEWARD):
        return rows.filter(pk__in=Prompt.objects.all().with_right(actor, "write").values("pk"))
    raise Refused(f"{actor.name} is neither administrator nor steward.")


@verb
def hand_over(*, actor: Actor, from_user: User, to_user: User, reason: str) -> HandedOver:
    """Makes ``to_user`` owner and steward wherever ``from_user`` is, one ledger entry for each prompt.

    Raises ``Refused``, and ``Unacceptable`` for a person who is not active, the same person, or no reason.
    """
    rows = may_be_handed_over(actor, from_user)
    if not to_user.is_active or to_user.pk == from_user.pk:
        raise Unacceptable("Name another person, who is active.", field="to")
    check_text(reason, "reason", required=True)
    prompts = list(rows.select_for_update(of=("self",)))
    left = answered_for(actor, from_user).count() - len(prompts)
    for prompt in prompts:
        _move(actor, prompt, from_user, to_user, reason)
    return HandedOver([prompt.name for prompt in prompts], left)


def _move(actor: Actor, prompt: Prompt, from_user: User, to_user: User, reason: str) -> None:
    roles = []
    if prompt.owner_id == from_user.pk:
        prompt.owner = to_user
        roles.append("owner")
    if Steward.objects.filter(prompt=prompt, user=from_user).exists():
        Steward.objects.filter(prompt=prompt, user=from_user).delete()
        Steward.objects.get_or_create(prompt=prompt, user=to_user)
        roles.append("steward")
    prompt.save()
    record(
        event=events.PROMPT_HANDED_OVER,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=reason,
        payload={"from": from_user.username, "to": to_user.username, "as": roles},
    )
