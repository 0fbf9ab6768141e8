"""Make variants of a prompt, take them apart again, and say what must stand in all of them."""

from collections.abc import Mapping
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.drift import check_clauses
from prompts.registry.events import CLAUSES_SET, VARIANT_LINKED, VARIANT_UNLINKED
from prompts.registry.live_versions import live_versions
from prompts.registry.models import Dimension, Kind, Prompt, RequiredClauses, Variant
from prompts.registry.names import slug_of
from prompts.registry.policies import PromptPolicy
from prompts.registry.selectors import label_of, newest_version
from prompts.registry.services.prompts import LINES, NOTES, create_prompt
from prompts.registry.services.tiers import require_base_tier
from prompts.registry.services.versions import CONTENT, lock_prompt
from prompts.registry.texts import check_text
from prompts.registry.variants import check_dimensions, written

MOST = 500
"""Variants of one prompt."""


@verb
def create_variant(
    *, actor: Actor, base_id: int, dimensions: Mapping[str, str], name: str = "", **content: Any
) -> Variant:
    """A new prompt that answers for its base where the dimensions are asked for; a draft, as any first text.

    It starts with the base's newest text (fields of ``content`` replaced), description, owner and risk tier.
    Without ``name`` it is called after the base and the values: ``shop/greeting-sms-de``. Raises ``Conflict``
    where the base has a variant for these dimensions, ``Unacceptable``, ``NameTaken``, ``Refused``.
    """
    base = lock_prompt(base_id, actor)
    told = _checked(actor, base, dimensions)
    source = newest_version(base)
    copied = {field: getattr(source, field) for field in CONTENT if source is not None}
    text = {**copied, "change_note": f"Begun from {base.name}", **content}
    messages, form, note = text.pop("messages"), text.pop("format"), text.pop("change_note")
    prompt = create_prompt(
        actor=actor,
        name=name or proposed_name(base, told),
        collection=base.collection,
        kind=base.kind,
        messages=messages,
        format=form,
        change_note=note,
        content=text,
        copied_from=[label_of(source)] if source is not None else [],
        owner=base.owner if base.owner is not None and base.owner.is_active else actor.user,
        stewards=[row.user for row in base.stewards.select_related("user") if row.user.is_active],
        risk_tier=base.risk_tier,
        tags=base.tags,
        regulation_tags=base.regulation_tags,
        **{field: getattr(base, field) for field in (*NOTES, *LINES)},
    )
    return _link(actor, prompt, base, told)


@verb
def link_variant(*, actor: Actor, prompt_id: int, base_id: int, dimensions: Mapping[str, str]) -> Variant:
    """Makes an existing prompt a variant of another one.

    Raises ``Conflict`` where something of it is live: it would be served to those who ask for the base,
    without having passed a gate as that.
    """
    prompt, base = lock_prompt(prompt_id, actor), lock_prompt(base_id, actor)
    PromptPolicy(actor).require("write", prompt)
    told = _checked(actor, base, dimensions)
    if prompt.pk == base.pk or prompt.kind != base.kind or prompt.collection_id != base.collection_id:
        raise Unacceptable("A variant is another prompt of the same kind and collection.", field="base")
    if Variant.objects.filter(prompt=prompt).exists():
        raise Conflict(f"{prompt.name} is a variant already.")
    if Variant.objects.filter(base=prompt).exists():
        raise Conflict(f"{prompt.name} has variants of its own.")
    require_base_tier(base, prompt.risk_tier)
    _require_not_live(prompt, "making it a variant")
    return _link(actor, prompt, base, told)


@verb
def unlink_variant(*, actor: Actor, prompt_id: int, reason: str) -> Prompt:
    """Makes a variant a prompt of its own again. Raises ``Conflict`` where something of it is live."""
    prompt = lock_prompt(prompt_id, actor)
    PromptPolicy(actor).require("write", prompt)
    check_text(reason, "reason", required=True)
    row = Variant.objects.select_related("base").filter(prompt=prompt).first()
    if row is None:
        raise Conflict(f"{prompt.name} is no variant.")
    _require_not_live(prompt, "taking it from its base")
    payload = {"base": row.base.name, "dimensions": row.dimensions}
    row.delete()
    record(
        event=VARIANT_UNLINKED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=reason,
        payload=payload,
    )
    return prompt


@verb
def set_clauses(*, actor: Actor, base_id: int, clauses: list[list[str]]) -> RequiredClauses:
    """Sets what must stand in the base and in each of its variants; the same again changes nothing."""
    base = lock_prompt(base_id, actor)
    PromptPolicy(actor).require("write", base)
    check_clauses(clauses)
    if Variant.objects.filter(prompt=base).exists():
        raise Conflict(f"{base.name} is a variant; its base says what must stand in it.")
    row = RequiredClauses.objects.filter(base=base).first()
    before = row.clauses if row else []
    if row is not None and before == clauses:
        return row
    row = row or RequiredClauses(base=base)
    row.clauses = clauses
    row.save()
    record(
        event=CLAUSES_SET,
        actor=actor,
        subject_type="prompt",
        subject=base.name,
        payload={"before": before, "after": clauses},
    )
    return row


def proposed_name(base: Prompt, dimensions: Mapping[str, str]) -> str:
    """The base's name with the values behind it."""
    return f"{base.name}-{slug_of('-'.join(dimensions.values()))}"


def _checked(actor: Actor, base: Prompt, dimensions: Mapping[str, str]) -> dict[str, str]:
    """The dimensions, if the actor may make a variant of this base for them."""
    PromptPolicy(actor).require("write", base)
    if base.kind == Kind.FRAGMENT:
        raise Unacceptable("Fragments have no variants; the prompts that include them have.", field="base")
    if base.archived_at is not None:
        raise Conflict(f"{base.name} is archived; take it back into use first.")
    if Variant.objects.filter(prompt=base).exists():
        raise Conflict(f"{base.name} is a variant itself; variants have one base.")
    told = check_dimensions(dimensions, dict(Dimension.objects.values_list("slug", "values")))
    there = Variant.objects.filter(base=base).select_related("prompt")
    if there.count() >= MOST:
        raise Conflict(f"{base.name} has {MOST} variants, which are the most.")
    if taken := there.filter(key__iexact=written(told)).first():
        seen = Prompt.objects.visible_to(actor).filter(pk=taken.prompt_id).exists()
        name = taken.prompt.name if seen else "another prompt"
        raise Conflict(f"There is a variant for {written(told)}: {name}.", field="dimensions")
    return told


def _require_not_live(prompt: Prompt, what: str) -> None:
    if live_versions().filter(prompt=prompt).exists():
        raise Conflict(f"{prompt.name} is live; {what} would change what is served without a gate.")


def _link(actor: Actor, prompt: Prompt, base: Prompt, dimensions: dict[str, str]) -> Variant:
    row = Variant(prompt=prompt, base=base, dimensions=dimensions)
    row.save()
    record(
        event=VARIANT_LINKED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        payload={"base": base.name, "dimensions": dimensions},
    )
    return row
