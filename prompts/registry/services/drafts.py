"""Begin, edit and discard drafts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.duplicates import keep_similarity
from prompts.registry.errors import FrozenVersion, StaleDraft
from prompts.registry.linting import require_storable
from prompts.registry.models import Comment, Version, VersionAuthor
from prompts.registry.policies import PromptPolicy
from prompts.registry.search import reindex
from prompts.registry.selectors import label_of, newest_version, version_by_number
from prompts.registry.services.uses import index_uses
from prompts.registry.services.versions import (
    CONTENT,
    add_version,
    checked_content,
    facts_of,
    lock_prompt,
    lock_version,
    require_syntax,
    touch,
)


@verb
def create_draft(
    *,
    actor: Actor,
    prompt_id: int,
    from_version: int | None = None,
    written_at: datetime | None = None,
    as_it_is: bool = False,
    **content: Any,
) -> Version:
    """Begins the next version as a draft; also the way to bring an old text back.

    It starts from version ``from_version``, else from the newest one, with the fields of ``content``
    replaced. ``as_it_is`` (imports) leaves syntax and secrets unexamined until the freeze, and the search
    for near-duplicates to the caller. Raises ``LintRefusal`` for what must not be stored.
    """
    prompt = lock_prompt(prompt_id, actor)
    PromptPolicy(actor).require("write", prompt)
    if prompt.archived_at is not None:
        raise Conflict(f"{prompt.name} is archived; take it back into use first.")
    newest = newest_version(prompt)
    source = version_by_number(prompt, from_version) if from_version is not None else newest
    copied = {
        field: getattr(source, field) for field in CONTENT if source is not None and field != "change_note"
    }
    checked = checked_content({**copied, **content}, kind=prompt.kind)
    if "messages" not in checked:
        raise Unacceptable("messages is missing.", field="messages")
    if not as_it_is:
        require_storable({field: checked[field] for field in content}, prompt.risk_tier)
    number = newest.number + 1 if newest else 1
    version = add_version(actor=actor, prompt=prompt, number=number, content=checked, written_at=written_at)
    if not as_it_is and content.keys() & {"messages", "format"}:
        require_syntax(version)
    prompt.save()
    reindex(prompt, version)
    if not as_it_is:
        keep_similarity(prompt, version)
    payload = {**facts_of(version), "from_version": source.number if source else 0}
    record(
        event=events.DRAFT_CREATED,
        actor=actor,
        subject_type="version",
        subject=label_of(version),
        payload=payload,
    )
    return version


@verb
def edit_draft(
    *,
    actor: Actor,
    version_id: int,
    seen_revision: int,
    changes: Mapping[str, Any],
    written_at: datetime | None = None,
    as_it_is: bool = False,
) -> Version:
    """Changes a draft that the actor saw at ``seen_revision``.

    Raises ``StaleDraft`` (nothing is overwritten) where somebody saved in between, ``FrozenVersion``. Imports
    give ``written_at``, and ``as_it_is`` to leave syntax and secrets unexamined until the freeze and the
    search for near-duplicates to themselves. Raises ``LintRefusal`` for what must not be stored.
    """
    version = lock_version(version_id, actor)
    PromptPolicy(actor).require("write", version.prompt)
    require_draft(version)
    checked = checked_content(changes, kind=version.prompt.kind)
    require_revision(version, seen_revision)
    if all(getattr(version, field) == value for field, value in checked.items()):
        return version
    if not as_it_is:
        changed = {field: value for field, value in checked.items() if getattr(version, field) != value}
        require_storable(changed, version.prompt.risk_tier)
    fresh = Version.objects.drafts().filter(pk=version.pk, revision=seen_revision)
    if not fresh.update(revision=F("revision") + 1):
        require_revision(Version.objects.get(pk=version.pk), seen_revision)
    version.revision = seen_revision + 1
    version.edited_by = actor.name
    for field, value in checked.items():
        setattr(version, field, value)
    version.written_at = written_at or version.written_at
    if not as_it_is and checked.keys() & {"messages", "format"}:
        require_syntax(version)
    version.save()
    if checked.keys() & {"messages", "format"}:
        index_uses(version)
    VersionAuthor.objects.get_or_create(version=version, name=actor.name, defaults={"user": actor.user})
    touch(version.prompt)
    reindex(version.prompt)
    if not as_it_is:
        keep_similarity(version.prompt)
    payload = {**facts_of(version), "fields": sorted(checked)}
    record(
        event=events.DRAFT_EDITED,
        actor=actor,
        subject_type="version",
        subject=label_of(version),
        payload=payload,
    )
    return version


@verb
def discard_draft(*, actor: Actor, version_id: int) -> None:
    """Deletes a draft. Raises ``FrozenVersion``, and ``Conflict`` where it is the prompt's only version."""
    version = lock_version(version_id, actor)
    PromptPolicy(actor).require("write", version.prompt)
    require_draft(version)
    prompt, label = version.prompt, label_of(version)
    if not Version.objects.filter(prompt=prompt).exclude(pk=version.pk).exists():
        raise Conflict(f"{label} is the only version, and a prompt keeps one. Write in it instead.")
    payload = facts_of(version)
    Comment.objects.filter(version=version).update(version=None)  # the database would not tell the log
    version.delete()
    reindex(prompt)
    keep_similarity(prompt)
    record(event=events.DRAFT_DISCARDED, actor=actor, subject_type="version", subject=label, payload=payload)


def require_draft(version: Version) -> None:
    """Raises ``FrozenVersion`` for a version that is none."""
    if version.is_frozen:
        raise FrozenVersion(f"{label_of(version)} is frozen; begin a new draft from it.")


def require_revision(version: Version, seen: int) -> None:
    """Raises ``StaleDraft`` where the draft was saved since."""
    if version.revision != seen:
        raise StaleDraft(
            who=version.edited_by or version.author_name, when=version.updated_at, revision=version.revision
        )
