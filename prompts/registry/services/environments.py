"""Create and change environments."""

import re

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.models import ServiceAccount
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.models import Environment
from prompts.registry.policies import environment_policy
from prompts.registry.texts import check_text

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
TAKEN = frozenset({"latest"})
"""Labels that Langfuse's SDKs understand as something else."""


@verb
def create_environment(
    *, actor: Actor, slug: str, title: str, rank: int, is_protected: bool = False
) -> Environment:
    """Creates an environment at a place in the order. Raises ``Conflict`` where slug or rank is taken."""
    environment_policy(actor).require("configure")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug) or slug in TAKEN:
        raise Unacceptable(
            "An environment's slug has small letters, digits and hyphens, at most 40.", field="slug"
        )
    check_text(title, "title", longest=80, required=True)
    if not isinstance(rank, int) or not 0 < rank < 1000:
        raise Unacceptable("rank is a number from 1 to 999.", field="rank")
    if Environment.objects.filter(slug=slug).exists():
        raise Conflict(f"There is an environment {slug!r} already.", field="slug")
    if Environment.objects.filter(rank=rank).exists():
        raise Conflict(f"There is an environment of rank {rank} already.", field="rank")
    environment = Environment(slug=slug, title=title, rank=rank, is_protected=is_protected)
    environment.save()
    payload = {"rank": rank, "protected": is_protected}
    record(
        event=events.ENVIRONMENT_CREATED,
        actor=actor,
        subject_type="environment",
        subject=slug,
        payload=payload,
    )
    return environment


@verb
def edit_environment(*, actor: Actor, environment_id: int, title: str, is_protected: bool) -> Environment:
    """Changes the title and the protection; slug and rank stay.

    Raises ``Conflict`` where a key in use reads drafts and this environment, which must not become protected.
    """
    environment = Environment.objects.select_for_update().get(pk=environment_id)
    environment_policy(actor).require("configure", environment)
    payload = {"title": [environment.title, title], "protected": [environment.is_protected, is_protected]}
    environment.title = check_text(title, "title", longest=80, required=True)
    if is_protected and not environment.is_protected:
        _refuse_draft_readers(environment)
    environment.is_protected = is_protected
    environment.save()
    record(
        event=events.ENVIRONMENT_CHANGED,
        actor=actor,
        subject_type="environment",
        subject=environment.slug,
        payload=payload,
    )
    return environment


def _refuse_draft_readers(environment: Environment) -> None:
    """A key never holds both a protected environment and the right to read drafts."""
    for key in ServiceAccount.objects.filter(revoked_at__isnull=True):
        if key.is_live and key.may("read_drafts") and environment.slug in key.environments:
            raise Conflict(
                f"The key {key.name} reads drafts and {environment.slug}; revoke it first.",
                field="is_protected",
            )
