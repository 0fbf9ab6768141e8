"""Writing through the API: a new version is a draft, and labels ask the gate."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audits.identity.actors import Actor
from prompts.registry.models import Environment, Prompt, Version
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.prompts import create_prompt, edit_prompt
from prompts.serving.http import BadRequest
from prompts.serving.selectors.reach import LATEST, reach_of
from prompts.serving.shapes import inward

KINDS = ("text", "chat")
MOST_LABELS = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked request for a new version; what its parts may hold is the registry's rule."""

    name: str
    kind: str | None
    prompt: Any
    config: Any
    labels: list[str]
    tags: list[str] | None
    note: str


def read_draft(body: dict[str, Any]) -> Draft:
    """The request in Langfuse's shape; raises ``BadRequest``."""
    kind = body.get("type")
    if kind not in (None, *KINDS):
        raise BadRequest("type must be text or chat.", field="type")
    name, note = body.get("name"), body.get("commitMessage")
    if not isinstance(name, str):
        raise BadRequest("name must be a text.", field="name")
    if note is not None and not isinstance(note, str):
        raise BadRequest("commitMessage must be a text.", field="commitMessage")
    tags = body.get("tags")
    return Draft(
        name=name.replace("%2F", "/").replace("%2f", "/"),
        kind=kind,
        prompt=body.get("prompt"),
        config={} if body.get("config") is None else body["config"],
        labels=read_labels(body.get("labels"), "labels"),
        tags=None if tags is None else strings(tags, "tags"),
        note=note or "",
    )


def strings(value: Any, field: str) -> list[str]:
    """A list of texts; raises ``BadRequest``."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadRequest(f"{field} must be a list of texts.", field=field)
    return value


def read_labels(value: Any, field: str) -> list[str]:
    """Labels without repetition; ``latest`` is everybody's and nobody's, so it cannot be given."""
    labels = list(dict.fromkeys(strings(value or [], field)))
    if len(labels) > MOST_LABELS:
        raise BadRequest(f"{field} has more than {MOST_LABELS} entries.", field=field)
    return [label for label in labels if label != LATEST]


def environments_of(actor: Actor, labels: list[str], field: str) -> list[Environment]:
    """The environments that these labels are, all within the key's scope; raises ``BadRequest``."""
    known = {row.slug: row for row in Environment.objects.filter(slug__in=labels)}
    within = reach_of(actor).environments
    for label in labels:
        if label not in known or label not in within:
            raise BadRequest(f"This key knows no environment {label[:40]!r} to use as a label.", field=field)
    return [known[label] for label in labels]


def write_draft(actor: Actor, draft: Draft) -> Version:
    """Makes the prompt with its first draft, or the next draft of a prompt that is there."""
    with transaction.atomic():
        prompt = Prompt.objects.visible_to(actor).filter(name=draft.name).first()
        if prompt is None:
            made = create_prompt(
                actor=actor,
                name=draft.name,
                kind=draft.kind or "text",
                messages=inward(draft.kind or "text", draft.prompt),
                content={"config": draft.config},
                change_note=draft.note,
                tags=draft.tags or [],
            )
            return Version.objects.select_related("prompt").get(prompt=made, number=1)
        return next_draft(actor, prompt, draft)


def next_draft(actor: Actor, prompt: Prompt, draft: Draft) -> Version:
    """The next draft; the kind of a prompt stays, its tags are those told last."""
    shape = "chat" if prompt.kind == "chat" else "text"
    if draft.kind not in (None, shape):
        raise BadRequest(f"{prompt.name} is a {shape} prompt and stays one.", field="type")
    version = create_draft(
        actor=actor,
        prompt_id=prompt.pk,
        messages=inward(shape, draft.prompt),
        config=draft.config,
        change_note=draft.note,
    )
    if draft.tags is not None and draft.tags != prompt.tags:
        edit_prompt(actor=actor, prompt_id=prompt.pk, changes={"tags": draft.tags})
    return Version.objects.select_related("prompt").get(pk=version.pk)
