"""Archive a prompt of which nothing is in use any more."""

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from prompts.registry.models import Prompt
from prompts.registry.services.prompts import archive_prompt
from prompts.releases.models import Release


def archive_unused(*, actor: Actor, prompt_id: int, reason: str) -> Prompt:
    """Takes a prompt out of lists and searches.

    Raises ``Conflict`` where a version is live anywhere or a variant is in use, and what ``archive_prompt``
    raises: a fragment that is part of live versions stays.
    """
    with transaction.atomic():
        if why := in_use(actor, prompt_id):
            raise Conflict(why)
        return archive_prompt(actor=actor, prompt_id=prompt_id, reason=reason)


def in_use(actor: Actor, prompt_id: int) -> str:
    """Why a prompt cannot be archived now, or nothing. Variants that are not seen are not even counted."""
    rows = Release.objects.filter(prompt=prompt_id, state=Release.State.LIVE).select_related(
        "version", "environment"
    )
    if live := rows.order_by("-environment__rank").first():
        return f"version {live.version.number} is live in {live.environment}; retire it first."
    variants = Prompt.objects.in_use().filter(variant__base=prompt_id)
    seen = variants.filter(pk__in=Prompt.objects.visible_to(actor).values("pk")).order_by("name")
    names = list(seen.values_list("name", flat=True)[:5])
    if variants.exists():
        named = f", among them {', '.join(names)}" if names else ""
        return f"it has variants in use{named}; archive them first."
    return ""
