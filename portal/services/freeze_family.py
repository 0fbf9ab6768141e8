"""Stop a prompt and variants of it in one step."""

from collections.abc import Sequence

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.verbs import verb
from portal.selectors.served_variants import served_variants
from prompts.registry.models import Prompt
from prompts.releases.models import Freeze
from prompts.releases.services.freeze import freeze_prompt


@verb
def freeze_family(
    *,
    actor: Actor,
    base: Prompt,
    reason: str,
    safe_version: int | None = None,
    variant_ids: Sequence[int] = (),
) -> list[Freeze]:
    """Freezes the base and those of its variants, all or none; a safe version is the base's alone.

    Each gets a freeze and a ledger entry of its own, and is lifted by itself. Raises ``Unacceptable`` where
    one of them is no served variant of the base, and what ``freeze_prompt`` raises.
    """
    known = {prompt.pk for prompt in served_variants(actor, base)}
    if not set(variant_ids) <= known:
        raise Unacceptable("One of the chosen variants is not served any more; look again.", field="also")
    done = [freeze_prompt(actor=actor, prompt_id=base.pk, reason=reason, safe_version=safe_version)]
    keys = dict.fromkeys(variant_ids)
    return [*done, *(freeze_prompt(actor=actor, prompt_id=key, reason=reason) for key in keys)]
