"""Which calls an actor may see."""

from django.db.models import Q, QuerySet

from audits.identity.actors import Actor
from audits.identity.roles import SEES_EVERYTHING
from prompts.observability.models import Call
from prompts.registry.querysets import on_prompts


def calls_visible_to(actor: Actor) -> QuerySet[Call]:
    """Calls of prompts that the actor sees; one without a prompt is for its key and for who sees all."""
    if actor.kind in {"shell", "system"} or actor.has_role(*SEES_EVERYTHING):
        return Call.objects.all()
    if not actor.is_active:
        return Call.objects.none()
    own = Q(account=actor.name, prompt__isnull=True) if actor.account is not None else Q(pk__in=())
    if actor.account is not None and actor.account.all_collections:
        return Call.objects.filter(Q(prompt__isnull=False) | own)
    return Call.objects.filter(on_prompts(actor, "view", "prompt") | own)
