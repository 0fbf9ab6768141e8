"""What the verbs on prompts and drafts share: checking, writing and naming a version's content."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.ledger.canonical import NotCanonical
from prompts.registry.attachments import templates_of
from prompts.registry.digests import canonical_document, digest_of
from prompts.registry.models import Prompt, Version, VersionAuthor
from prompts.registry.services.uses import index_uses
from prompts.registry.templating import FORMATS, TemplateFault, check_syntax
from prompts.registry.texts import (
    check_choice,
    check_json,
    check_known,
    check_messages,
    check_schema,
    check_text,
    check_tools,
)

CONTENT = (
    "messages",
    "format",
    "variables",
    "model_settings",
    "tools",
    "output_schema",
    "config",
    "change_note",
)
"""The fields of a version that people write."""


def checked_content(changes: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """The same fields, each examined; raises ``Unacceptable`` naming the first that is at fault."""
    check_known(changes, CONTENT)
    checks = {
        "messages": lambda value: check_messages(value, kind),
        "format": lambda value: check_choice(value, "format", FORMATS),
        "variables": lambda value: check_schema(value, "variables"),
        "model_settings": lambda value: check_json(value, "model_settings", dict),
        "tools": check_tools,
        "output_schema": lambda value: None if value is None else check_schema(value, "output_schema"),
        "config": lambda value: check_json(value, "config", dict),
        "change_note": lambda value: check_text(value, "change_note", longest=500),
    }
    return {field: checks[field](value) for field, value in changes.items()}


def require_syntax(version: Version) -> None:
    """Raises ``Unacceptable`` with message, line and column where a message is no template of its format."""
    for number, message in enumerate(version.messages):
        try:
            for text in templates_of(message):
                check_syntax(version.format, text)
        except TemplateFault as fault:
            raise Unacceptable(f"messages[{number}].content, {fault}", field="messages") from None


def add_version(
    *, actor: Actor, prompt: Prompt, number: int, content: Mapping[str, Any], written_at: datetime | None
) -> Version:
    """Writes a draft whose content was checked, with its first author."""
    version = Version(
        prompt=prompt,
        number=number,
        author=actor.user,
        author_name=actor.name,
        edited_by=actor.name,
        written_at=written_at or timezone.now(),
        **content,
    )
    version.save(force_insert=True)
    index_uses(version)
    VersionAuthor.objects.create(version=version, user=actor.user, name=actor.name)
    return version


def touch(prompt: Prompt) -> None:
    """Says that something of the prompt changed just now, and writes no other column.

    The prompt was read beside its locked version and is not locked itself: written whole, it would take back
    the risk tier or the owner that somebody else gave it in between, without an entry.
    """
    prompt.save(update_fields=["updated_at"])


def lock_prompt(prompt_id: int, actor: Actor) -> Prompt:
    """The row, locked where the database locks rows; raises ``NotThere`` where the actor may not see it."""
    prompt = Prompt.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=prompt_id).first()
    if prompt is None:
        raise NotThere("There is no such prompt.")
    return prompt


def lock_version(version_id: int, actor: Actor) -> Version:
    """The row with its prompt, locked; raises ``NotThere`` where the actor may not know of it."""
    rows = Version.objects.visible_to(actor).select_related("prompt").select_for_update(of=("self",))
    version = rows.filter(pk=version_id).first()
    if version is None:
        raise NotThere("There is no such version.")
    return version


def facts_of(version: Version) -> dict[str, Any]:
    """What the ledger keeps of a draft; with a digest of the content a reused number shows."""
    try:
        document = canonical_document(version, kind=version.prompt.kind, fragments=[])
    except NotCanonical as error:
        raise Unacceptable(str(error), field="config") from None
    return {"version": version.number, "revision": version.revision, "content_digest": digest_of(document)}
