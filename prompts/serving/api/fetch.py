"""``GET /api/public/v2/prompts/{name}``: the hot path of every application."""

from django.http import HttpRequest, HttpResponse

from audits.identity.actors import Actor
from prompts.serving import parameters
from prompts.serving.fragments import resolved
from prompts.serving.http import BadRequest, encode, tagged
from prompts.serving.selectors.hot import Served, live_under
from prompts.serving.selectors.reach import LATEST, find
from prompts.serving.shapes import document

DEFAULT_LABEL = "production"


def fetch(request: HttpRequest, name: str) -> HttpResponse:
    """One version by label (``production`` unless told) or number, with its fragments put in or not."""
    found = wanted(request, name)
    return tagged(
        request, encode(to_document(found, whole=parameters.flag(request, "resolve", default=True)))
    )


def wanted(request: HttpRequest, name: str) -> Served:
    """The version that the parameters name. Raises ``BadRequest``, ``NotThere``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    label, version = parameters.text(request, "label"), parameters.number(request, "version")
    if label and version is not None:
        raise BadRequest("Ask for a label or for a version, not for both.", field="version")
    if version is None and actor.account is not None and label != LATEST and in_scope(actor, name):
        found = live_under(name, label or DEFAULT_LABEL, actor.account.environments)
        if found is not None:
            return found
    return find(actor, name, label=label or ("" if version is not None else DEFAULT_LABEL), version=version)


def in_scope(actor: Actor, name: str) -> bool:
    """Whether the key covers the prompt's collection, which is the first segment of its name."""
    account = actor.account
    return account is not None and (account.all_collections or name.partition("/")[0] in account.collections)


def to_document(found: Served, *, whole: bool) -> dict:
    """The answer; ``whole`` puts pinned fragments into the text and tells which they were."""
    messages, graph = found.messages, None
    if whole and found.fragments:
        messages, graph = resolved(found)
    return document(
        name=found.name,
        kind=found.kind,
        version=found.number,
        messages=messages,
        config=found.config,
        labels=found.labels,
        tags=found.tags,
        note=found.note,
        digest=found.digest,
        graph=graph,
    )
