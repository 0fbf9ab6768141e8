"""Grant and take away rights on prompts and collections."""

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm, remove_perm

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.models import Collection, Prompt
from prompts.registry.policies import CollectionPolicy, PromptPolicy
from prompts.registry.querysets import RIGHTS
from prompts.registry.texts import check_choice

Whom = User | Group
On = Prompt | Collection


def give(whom: Whom, right: str, on: On) -> None:
    """Writes one right, for verbs that decided already."""
    assign_perm(_codename(right, on), whom, on)


def _codename(right: str, on: On) -> str:
    return RIGHTS[right][0 if isinstance(on, Prompt) else 1]


def _enter(actor: Actor, right: str, on: On) -> None:
    policy = PromptPolicy(actor) if isinstance(on, Prompt) else CollectionPolicy(actor)
    policy.require("grant", on)
    check_choice(right, "right", tuple(RIGHTS))


def _note(event: object, actor: Actor, whom: Whom, rights: list[str], on: On) -> None:
    name = whom.get_username() if isinstance(whom, User) else whom.name
    record(
        event=event,  # type: ignore[arg-type]
        actor=actor,
        subject_type=type(on).__name__.lower(),
        subject=str(on),
        payload={"to": name, "kind": type(whom).__name__.lower(), "rights": rights},
    )


@verb
def grant_right(*, actor: Actor, user_or_group: Whom, right: str, on: On) -> None:
    """Gives a person or a team's group ``view``, ``write`` or ``release``; these two come with ``view``."""
    _enter(actor, right, on)
    rights = list(dict.fromkeys(["view", right]))
    for each in rights:
        give(user_or_group, each, on)
    _note(events.RIGHT_GRANTED, actor, user_or_group, rights, on)


@verb
def revoke_right(*, actor: Actor, user_or_group: Whom, right: str, on: On) -> None:
    """Takes a right away; whoever may no longer view may no longer write or release either."""
    _enter(actor, right, on)
    rights = list(RIGHTS) if right == "view" else [right]
    for each in rights:
        remove_perm(_codename(each, on), user_or_group, on)
    _note(events.RIGHT_REVOKED, actor, user_or_group, rights, on)
