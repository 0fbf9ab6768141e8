"""Stop a prompt at once, and let it go on."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Prompt, Version
from prompts.releases.events import FREEZE_LIFTED, PROMPT_FROZEN
from prompts.releases.models import Freeze
from prompts.releases.policies import ReleasePolicy
from prompts.releases.selectors import open_freeze, released_versions, text_is_intact
from prompts.releases.services.common import locked_prompt, numbered_version, told


@verb
def freeze_prompt(*, actor: Actor, prompt_id: int, reason: str, safe_version: int | None = None) -> Freeze:
    """Stops the prompt in every environment: it serves ``safe_version`` (a number) or nothing.

    Release rows stay as they are and count again when the freeze is lifted. Raises ``Conflict`` if it is
    frozen already or the safe version was never released.
    """
    prompt = locked_prompt(actor, prompt_id)
    ReleasePolicy(actor).require("freeze", prompt)
    reason = told(reason)
    if open_freeze(prompt.pk) is not None:
        raise Conflict(f"{prompt.name} is frozen already.")
    safe = _safe(prompt, safe_version) if safe_version is not None else None
    freeze = Freeze.objects.create(
        prompt=prompt,
        reason=reason,
        by=actor.user,
        by_name=actor.name,
        by_role=",".join(sorted(actor.roles))[:255],
        at=timezone.now(),
        safe_version=safe,
    )
    payload = {"freeze": freeze.pk, "safe_version": safe.number if safe else None}
    record(
        event=PROMPT_FROZEN,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=reason,
        payload=payload,
    )
    return freeze


@verb
def lift_freeze(*, actor: Actor, prompt_id: int, reason: str) -> Freeze:
    """Ends the freeze; what was live is served again. Raises ``Conflict`` if the prompt is not frozen."""
    prompt = locked_prompt(actor, prompt_id)
    freeze = open_freeze(prompt.pk)
    if freeze is None:
        raise Conflict(f"{prompt.name} is not frozen.")
    ReleasePolicy(actor).require("lift", freeze)
    freeze.lifting_reason = told(reason)
    freeze.lifted_at, freeze.lifted_by, freeze.lifted_by_name = timezone.now(), actor.user, actor.name
    freeze.save(update_fields=["lifting_reason", "lifted_at", "lifted_by", "lifted_by_name"])
    record(
        event=FREEZE_LIFTED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=freeze.lifting_reason,
        payload={"freeze": freeze.pk},
    )
    return freeze


def _safe(prompt: Prompt, number: int) -> Version:
    version = numbered_version(prompt, number, "safe_version")
    if not released_versions(prompt).filter(pk=version.pk).exists() or not text_is_intact(version):
        raise Conflict(f"Version {number} was never released, so it is not a safe one.", field="safe_version")
    return version
