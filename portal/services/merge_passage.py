"""Merge what several prompts say alike into a fragment: first that, and once it is frozen its users."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, GovernedError, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from portal import events
from portal.services.propose_versions import Proposed
from prompts.registry.models import Kind, Prompt, RiskTier, Version
from prompts.registry.passages import common_passages, is_whole, put_in_place
from prompts.registry.policies import PromptPolicy
from prompts.registry.selectors import label_of, newest_version
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.prompts import create_prompt
from prompts.registry.services.tiers import ORDER
from prompts.registry.services.versions import lock_prompt

MOST = 10
"""Prompts whose texts are compared at once."""
HOLDING = 200
"""Prompts that may be offered to include a fragment."""


def chosen_prompts(actor: Actor, prompt_ids: Sequence[int]) -> list[tuple[Prompt, Version]]:
    """The chosen prompts with their newest texts; raises ``Unacceptable`` for fewer than two or too many."""
    keys = list(dict.fromkeys(prompt_ids))
    rows = Prompt.objects.visible_to(actor).in_use().filter(pk__in=keys[: MOST + 1]).order_by("name")
    found = [(row, version) for row in rows if (version := newest_version(row)) is not None]
    if not 2 <= len(found) <= MOST or len(keys) > MOST:
        raise Unacceptable(f"Choose 2 to {MOST} prompts that you may see.", field="prompt")
    if len({version.format for _, version in found}) > 1:
        raise Unacceptable("They are written in several template languages.", field="prompt")
    return found


def passages_of(actor: Actor, prompt_ids: Sequence[int]) -> list[str]:
    """What the chosen prompts have in common and a fragment could hold, the longest first."""
    found = chosen_prompts(actor, prompt_ids)
    format = found[0][1].format
    return [passage for passage in common_passages([v.text for _, v in found]) if is_whole(format, passage)]


@verb
def merge_passage(*, actor: Actor, prompt_ids: Sequence[int], passage: str, name: str) -> Prompt:
    """Makes a fragment, as a draft, of a passage that all chosen prompts have; no prompt changes yet.

    It gets the highest risk tier among them. Raises ``Unacceptable`` for a passage that is not in all.
    """
    found = chosen_prompts(actor, prompt_ids)
    if passage not in passages_of(actor, prompt_ids):
        raise Unacceptable(
            "This passage does not stand in all of them any more; look again.", field="passage"
        )
    tier = max((prompt.risk_tier for prompt, _ in found), key=ORDER.index)
    prompt = create_prompt(
        actor=actor,
        name=name,
        kind=Kind.FRAGMENT,
        text=passage,
        format=found[0][1].format,
        change_note="What several prompts say alike",
        copied_from=[label_of(version) for _, version in found],
        risk_tier=RiskTier(tier),
        owner=actor.user,
        purpose=f"What {len(found)} prompts say alike.",
    )
    record(
        event=events.PASSAGE_MERGED,
        actor=actor,
        subject_type="prompt",
        subject=name,
        payload={"from": [label_of(version) for _, version in found]},
    )
    return prompt


def holders(actor: Actor, fragment: Prompt) -> tuple[Version | None, list[tuple[Prompt, Version, str, str]]]:
    """The fragment's newest frozen version, and each visible prompt whose newest text holds its words:
    the prompt, that version, why it can't include it (empty if it can), and the text of the first message
    that changes.
    """
    newest = newest_version(fragment, frozen=True)
    if newest is None:
        return None, []
    words = newest.text[:400]
    rows = Prompt.objects.visible_to(actor).in_use().exclude(pk=fragment.pk)
    rows = rows.filter(search_text__body__contains=words).order_by("name")[:HOLDING]
    policy = PromptPolicy(actor)
    told = []
    for prompt in rows:
        version = newest_version(prompt)
        if version is None or newest.text not in version.text:
            continue
        changed = changed_messages(version, newest)
        why_not = policy.why_not("write", prompt)
        if not why_not and not version.is_frozen:
            why_not = f"Version {version.number} is a draft already; finish it first."
        if not why_not and changed is None:
            why_not = "With the fragment in its place the text would not say the same."
        told.append((prompt, version, why_not, "" if changed is None else _first_changed(version, changed)))
    return newest, told


def changed_messages(version: Version, fragment: Version) -> list[dict[str, Any]] | None:
    """The messages with the fragment in place of its words; None where a text would say otherwise."""
    messages = []
    for message in version.messages:
        content = str(message.get("content", ""))
        if fragment.text in content:
            content = put_in_place(version.format, content, fragment.text, fragment.prompt.name)
            if not content or version.format != fragment.format:
                return None
            message = {**message, "content": content}
        messages.append(message)
    return messages


def _first_changed(version: Version, changed: list[dict[str, Any]]) -> str:
    pairs = zip(version.messages, changed, strict=True)
    return next((str(after["content"]) for before, after in pairs if before != after), "")


@verb
def take_in(*, actor: Actor, fragment_id: int, prompt_ids: Sequence[int]) -> list[Proposed]:
    """Begins a draft of each chosen prompt with the fragment in place of its words.

    Each prompt is done whole or not at all; refused ones are told one by one. Raises ``Conflict`` where none
    was chosen, ``NotThere``.
    """
    fragment = lock_prompt(fragment_id, actor)
    if fragment.kind != Kind.FRAGMENT:
        raise NotThere("This prompt is no fragment.")
    newest, rows = holders(actor, fragment)
    chosen = [row for row in rows if row[0].pk in set(prompt_ids)]
    if newest is None or not chosen:
        raise Conflict(f"Choose prompts that hold the words of {fragment.name}.")
    done = [_take_in(actor, newest, *row[:3]) for row in chosen]
    payload = {
        "version": newest.number,
        "digest": newest.digest,
        "drafts": [label_of(row.draft) for row in done if row.draft is not None],
        "refused": [f"{row.prompt.name}: {row.why_not}" for row in done if row.draft is None],
    }
    record(
        event=events.FRAGMENT_TAKEN_IN,
        actor=actor,
        subject_type="prompt",
        subject=fragment.name,
        payload=payload,
    )
    return done


def _take_in(actor: Actor, newest: Version, prompt: Prompt, version: Version, why_not: str) -> Proposed:
    changed = changed_messages(version, newest)
    if why_not or changed is None:
        return Proposed(prompt, None, why_not)
    try:
        with transaction.atomic():
            draft = create_draft(
                actor=actor,
                prompt_id=prompt.pk,
                from_version=version.number,
                messages=changed,
                change_note=f"Includes {newest.prompt.name} in place of its words."[:500],
            )
    except GovernedError as error:
        return Proposed(prompt, None, error.message)
    return Proposed(prompt, draft, "")
