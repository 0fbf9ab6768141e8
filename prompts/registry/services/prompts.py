"""Create, describe, archive prompts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.models import User
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.duplicates import keep_similarity
from prompts.registry.errors import NameTaken
from prompts.registry.former_names import is_taken
from prompts.registry.linting import require_storable
from prompts.registry.models import Collection, Kind, Prompt, PromptTag, RiskTier, Steward
from prompts.registry.names import check_name, collection_of
from prompts.registry.policies import PromptPolicy
from prompts.registry.querysets import collections_with
from prompts.registry.search import reindex
from prompts.registry.services.tiers import raise_variants, require_tier
from prompts.registry.services.versions import (
    add_version,
    checked_content,
    facts_of,
    lock_prompt,
    require_syntax,
)
from prompts.registry.texts import check_choice, check_known, check_tags, check_text
from prompts.registry.uses import require_unused

NOTES = ("purpose", "intended_use", "excluded_use", "data", "limits", "hazards", "explanation")
LINES = ("audience", "contact")
FIELDS = (*NOTES, *LINES, "owner", "risk_tier", "regulation_tags", "tags", "stewards")
WORDS = (*NOTES, *LINES, "regulation_tags", "tags")
"""What people write in their own words: examined for secrets before it is stored."""
CURATED = frozenset({"owner", "stewards", "risk_tier"})
"""Who answers for a prompt and how dangerous it is: not for those who may only document it."""


def _person(value: object, field: str) -> User:
    if not isinstance(value, User) or not value.is_active:
        raise Unacceptable(f"{field} must be a person who is active.", field=field)
    return value


def _people(value: object, field: str) -> list[User]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise Unacceptable(f"{field} must be a list of people.", field=field)
    return [_person(each, field) for each in value]


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "owner": lambda value: None if value is None else _person(value, "owner"),
    "stewards": lambda value: _people(value, "stewards"),
    "risk_tier": lambda value: check_choice(value, "risk_tier", RiskTier.values),
    "regulation_tags": lambda value: check_tags(value, "regulation_tags"),
    "tags": check_tags,
    **{field: partial(check_text, field=field) for field in NOTES},
    **{field: partial(check_text, field=field, longest=200) for field in LINES},
}


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    check_known(changes, FIELDS)
    return {field: _CHECKS[field](value) for field, value in changes.items()}


def _collection(actor: Actor, name: str, given: Collection | None) -> Collection:
    slug = collection_of(name)
    if given is not None and given.slug != slug:
        raise Unacceptable(f"The name must begin with the collection's slug, {given.slug}/.", field="name")
    collection = given or collections_with(actor, "view").filter(slug=slug).first()
    if collection is None:
        raise NotThere(f"There is no collection {slug!r}.", field="name")
    return collection


def _write_tags(prompt: Prompt) -> None:
    PromptTag.objects.filter(prompt=prompt).exclude(name__in=prompt.tags).delete()
    PromptTag.objects.bulk_create(
        [PromptTag(prompt=prompt, name=tag) for tag in prompt.tags], ignore_conflicts=True
    )


@verb
def create_prompt(
    *,
    actor: Actor,
    name: str,
    collection: Collection | None = None,
    kind: str = "text",
    messages: list[dict[str, str]] | None = None,
    text: str | None = None,
    format: str = "mustache",
    change_note: str = "",
    written_at: datetime | None = None,
    content: Mapping[str, Any] | None = None,
    as_it_is: bool = False,
    copied_from: Sequence[str] = (),
    **description: Any,
) -> Prompt:
    """Creates a prompt with its first text as draft version 1.

    Give ``messages``, or ``text`` for a single message; ``content`` may hold the version's other fields
    (variables, model_settings, tools, output_schema, config), ``description`` those of ``FIELDS``.
    ``copied_from`` are labels of other prompts' versions that the text was taken from: their authors are
    this text's authors too. ``as_it_is`` (imports) leaves syntax and secrets unexamined until the freeze, and
    the search for near-duplicates to the caller. Raises ``Unacceptable`` naming the field, ``NameTaken``,
    ``NotThere`` for a collection, ``Refused``.
    """
    check_name(name)
    place = _collection(actor, name, collection)
    PromptPolicy(actor).require("create", place)
    check_choice(kind, "kind", Kind.values)
    told = _checked({"tags": [], **description})
    stewards = told.pop("stewards", [])
    role = "system" if kind == Kind.CHAT else "text"
    written = messages if messages is not None else [{"role": role, "content": text or ""}]
    fields = {**(content or {}), "messages": written, "format": format, "change_note": change_note}
    checked = checked_content(fields, kind=kind)
    if not as_it_is:
        texts = {key: value for key, value in told.items() if key in WORDS}
        require_storable({"name": name, **checked, **texts}, told.get("risk_tier", RiskTier.LIMITED))
    if is_taken(name):
        raise NameTaken(
            f"The name {name!r} is taken, or was once; names differ in more than their case.", field="name"
        )
    prompt = Prompt(collection=place, name=name, kind=kind, created_by=actor.name, **told)
    prompt.save(force_insert=True)
    _write_tags(prompt)
    Steward.objects.bulk_create([Steward(prompt=prompt, user=user) for user in dict.fromkeys(stewards)])
    version = add_version(actor=actor, prompt=prompt, number=1, content=checked, written_at=written_at)
    if not as_it_is:
        require_syntax(version)
    reindex(prompt, version)
    if not as_it_is:
        keep_similarity(prompt, version)
    payload: dict[str, Any] = {"kind": kind, "risk_tier": prompt.risk_tier, **facts_of(version)}
    if copied_from:
        payload["copied_from"] = sorted(copied_from)
    record(event=events.PROMPT_CREATED, actor=actor, subject_type="prompt", subject=name, payload=payload)
    return prompt


@verb
def edit_prompt(*, actor: Actor, prompt_id: int, changes: Mapping[str, Any]) -> Prompt:
    """Changes the description: any of ``FIELDS``; what is equal already is left alone.

    Owner, stewards and risk tier need the right to write, the rest may also be done by whoever documents.
    Lowering the risk tier is for stewards.
    """
    prompt = lock_prompt(prompt_id, actor)
    PromptPolicy(actor).require("write" if CURATED & set(changes) else "document", prompt)
    told = _checked(changes)
    require_tier(actor, prompt, told.get("risk_tier", prompt.risk_tier))
    changed = {key: told[key] for key in WORDS if key in told and told[key] != getattr(prompt, key)}
    require_storable(changed, told.get("risk_tier", prompt.risk_tier))
    payload: dict[str, Any] = {}
    if (stewards := told.pop("stewards", None)) is not None:
        before = sorted(Steward.objects.filter(prompt=prompt).values_list("user__username", flat=True))
        if before != (after := sorted({user.username for user in stewards})):
            Steward.objects.filter(prompt=prompt).exclude(user__in=stewards).delete()
            new = [user for user in dict.fromkeys(stewards) if user.username not in before]
            Steward.objects.bulk_create([Steward(prompt=prompt, user=user) for user in new])
            payload["stewards"] = [before, after]
    for field, value in told.items():
        if getattr(prompt, field) != value:
            payload[field] = [_shown(getattr(prompt, field)), _shown(value)]
            setattr(prompt, field, value)
    if payload:
        prompt.save()
        _write_tags(prompt)
        reindex(prompt)
        record(
            event=events.PROMPT_CHANGED,
            actor=actor,
            subject_type="prompt",
            subject=prompt.name,
            payload=payload,
        )
    if "risk_tier" in payload:
        raise_variants(actor, prompt)
    return prompt


def _shown(value: Any) -> Any:
    return value.username if isinstance(value, User) else value


@verb
def archive_prompt(*, actor: Actor, prompt_id: int, reason: str) -> Prompt:
    """Takes a prompt out of lists and searches; its versions and records stay.

    Callers have seen to it that nothing of it is live. Raises ``Conflict`` that names the users of a fragment
    that is part of live versions.
    """
    prompt = lock_prompt(prompt_id, actor)
    PromptPolicy(actor).require("write", prompt)
    check_text(reason, "reason", required=True)
    if prompt.kind == Kind.FRAGMENT:
        require_unused(actor, prompt)
    if prompt.archived_at is not None:
        raise Conflict(f"{prompt.name} is archived already.")
    return _set_archived(actor, prompt, reason, archived=True)


@verb
def unarchive_prompt(*, actor: Actor, prompt_id: int, reason: str) -> Prompt:
    """Takes an archived prompt back into use."""
    prompt = lock_prompt(prompt_id, actor)
    PromptPolicy(actor).require("write", prompt)
    check_text(reason, "reason", required=True)
    if prompt.archived_at is None:
        raise Conflict(f"{prompt.name} is not archived.")
    return _set_archived(actor, prompt, reason, archived=False)


def _set_archived(actor: Actor, prompt: Prompt, reason: str, *, archived: bool) -> Prompt:
    prompt.archived_at = timezone.now() if archived else None
    prompt.save()
    event = events.PROMPT_ARCHIVED if archived else events.PROMPT_UNARCHIVED
    record(event=event, actor=actor, subject_type="prompt", subject=prompt.name, reason=reason)
    return prompt
