"""End a prompt."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Kind, Prompt
from prompts.registry.uses import require_unused
from prompts.releases.events import PROMPT_RETIRED
from prompts.releases.models import Release, Retirement
from prompts.releases.policies import ReleasePolicy
from prompts.releases.selectors import retirement_of
from prompts.releases.services.common import locked_prompt, told


@verb
def retire_prompt(
    *, actor: Actor, prompt_id: int, reason: str, successor: Prompt | None = None
) -> Retirement:
    """Withdraws every live release for good and shuts every gate; ``successor`` is the prompt to use instead.

    Raises ``Conflict`` if it is retired already, if it is a fragment in live versions of others, or if the
    successor is itself, retired, or leads back here.
    """
    prompt = locked_prompt(actor, prompt_id)
    ReleasePolicy(actor).require("retire", prompt)
    reason = told(reason)
    if retirement_of(prompt.pk) is not None:
        raise Conflict(f"{prompt.name} is retired already.")
    if prompt.kind == Kind.FRAGMENT:
        require_unused(actor, prompt)
    if successor is not None:
        _check_successor(actor, prompt, successor)
    now = timezone.now()
    withdrawn = []
    for row in Release.objects.filter(prompt=prompt, state=Release.State.LIVE).select_related("environment"):
        row.state, row.ended_at, row.ended_by_name = Release.State.WITHDRAWN, now, actor.name
        row.save(update_fields=["state", "ended_at", "ended_by_name"])
        withdrawn.append(row.environment.slug)
    retirement = Retirement.objects.create(
        prompt=prompt,
        successor=successor,
        reason=reason,
        by=actor.user,
        by_name=actor.name,
        at=now,
        sunset_at=now,
    )
    payload = {"successor": successor.name if successor else None, "withdrawn_from": sorted(withdrawn)}
    record(
        event=PROMPT_RETIRED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=reason,
        payload=payload,
    )
    return retirement


def _check_successor(actor: Actor, prompt: Prompt, successor: Prompt) -> None:
    if not Prompt.objects.visible_to(actor).filter(pk=successor.pk).exists():
        raise NotThere("There is no such prompt.", field="successor")
    if successor.pk == prompt.pk:
        raise Conflict("A prompt does not succeed itself.", field="successor")
    if retirement_of(successor.pk) is not None:
        raise Conflict(f"{successor.name} is retired itself.", field="successor")
