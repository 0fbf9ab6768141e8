"""Propose new versions of the prompts that use a fragment, after the fragment has a new one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, GovernedError
from audits.identity.verbs import verb
from audits.ledger.services import record
from portal import events
from portal.selectors.fragment_users import Candidate, candidates
from prompts.registry.models import Prompt, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.selectors import label_of
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.versions import lock_prompt


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of one prompt: its new draft, or why there is none."""

    prompt: Prompt
    draft: Version | None
    why_not: str


@verb
def propose_versions(*, actor: Actor, fragment_id: int, prompt_ids: Sequence[int]) -> list[Proposed]:
    """Begins a draft of each chosen prompt that takes the fragment's newest frozen version.

    A draft holds the newest text, with ``name@2`` replaced by the newest number; the plain name, and one with
    an environment, is pinned anew at the freeze. Each prompt is done whole or not at all; refused ones are
    told one by one. Raises ``Conflict`` where nobody is behind, ``NotThere`` for the fragment.
    """
    fragment = lock_prompt(fragment_id, actor)
    PromptPolicy(actor).require("view", fragment)
    newest, rows = candidates(actor, fragment)
    chosen = [row for row in rows if row.prompt.pk in set(prompt_ids)]
    if newest is None or not chosen:
        raise Conflict(f"Choose prompts that use an older version of {fragment.name}.")
    done = [_propose(actor, row, newest) for row in chosen]
    payload = {
        "version": newest.number,
        "digest": newest.digest,
        "drafts": [label_of(row.draft) for row in done if row.draft is not None],
        "refused": [f"{row.prompt.name}: {row.why_not}" for row in done if row.draft is None],
    }
    record(
        event=events.VERSIONS_PROPOSED,
        actor=actor,
        subject_type="prompt",
        subject=fragment.name,
        payload=payload,
    )
    return done


def _propose(actor: Actor, row: Candidate, newest: Version) -> Proposed:
    if row.why_not:
        return Proposed(row.prompt, None, row.why_not)
    name = newest.prompt.name
    source = Version.objects.get(pk=row.user.newest.version.pk)
    try:
        with transaction.atomic():
            draft = create_draft(
                actor=actor,
                prompt_id=row.prompt.pk,
                from_version=source.number,
                messages=[_renumbered(message, name, newest.number) for message in source.messages],
                change_note=_note(row, newest)[:500],
            )
    except GovernedError as error:
        return Proposed(row.prompt, None, error.message)
    return Proposed(row.prompt, draft, "")


def _note(row: Candidate, newest: Version) -> str:
    label = row.user.newest.use.label
    which = f"as served in {label}" if label else f"version {newest.number}"
    return f"Takes over {newest.prompt.name} {which}."


def _renumbered(message: dict[str, str], name: str, number: int) -> dict[str, str]:
    """The message with ``name@2`` inside of an inclusion replaced by the newest number."""
    if "content" not in message:
        return message
    tag = re.compile(rf"""(>\s*|["']){re.escape(name)}@\d+(?!\w)""")
    found = tag.sub(lambda match: f"{match[1]}{name}@{number}", message["content"])
    return {**message, "content": found}
