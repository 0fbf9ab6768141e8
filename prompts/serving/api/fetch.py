"""``GET /api/public/v2/prompts/{name}``: the hot path of every application."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from audits.identity.actors import Actor
from prompts.registry.variants import read_dimensions
from prompts.serving import parameters
from prompts.serving.fragments import resolved
from prompts.serving.http import BadRequest, encode, tagged
from prompts.serving.purposes import enter_purpose
from prompts.serving.selectors.families import find_in_family
from prompts.serving.selectors.hot import Served, live_under
from prompts.serving.selectors.reach import LATEST, find, is_released, reach_of
from prompts.serving.services.marks import mark_fetch
from prompts.serving.shapes import document

DEFAULT_LABEL = "production"


def fetch(request: HttpRequest, name: str) -> HttpResponse:
    """One version by label (``production`` unless told) or number, with its fragments put in or not.

    With ``dimensions=channel=sms,language=de``, or that behind the name and a ``|`` (which is how an SDK
    that only knows names asks), the variant that fits best answers, and ``variant`` tells which that was.
    """
    whole = parameters.flag(request, "resolve", default=True)
    name, asked = with_dimensions(request, name)
    if not asked:
        return _answer(request, wanted(request, name), whole=whole)
    label, _ = label_and_version(request, only="Ask for a variant by label: a number is one prompt's own.")
    told = find_in_family(request.actor, name, asked, label or DEFAULT_LABEL)  # type: ignore[attr-defined]
    purposeful(request, told.found)
    variant = {"base": name, "asked": asked, "dimensions": told.dimensions}
    return _answer(request, told.found, whole=whole, variant=variant)


def _answer(request: HttpRequest, found: Served, *, whole: bool, **more: Any) -> HttpResponse:
    """The document, told apart where the prompt has a day on which it ends; and a note of who fetched it."""
    account = request.actor.account  # type: ignore[attr-defined]
    if account is not None:
        mark_fetch(account.pk, found.prompt_id)
    document = {**to_document(found, whole=whole), **more}
    if found.ending is None:
        return tagged(request, encode(document))
    known = bool(found.ending.successor) and in_scope(request.actor, found.ending.successor)  # type: ignore[attr-defined]
    successor = found.ending.successor if known else None
    told = {
        "deprecatedAt": found.ending.told_at.isoformat(),
        "sunsetAt": found.ending.sunset_at.isoformat(),
        "successor": successor,
    }
    response = tagged(request, encode({**document, "deprecation": told}))
    # RFC 9745 (a structured date, seconds since 1970) and RFC 8594 (an HTTP date).
    response["Deprecation"] = f"@{int(found.ending.told_at.timestamp())}"
    response["Sunset"] = http_date(found.ending.sunset_at.timestamp())
    if successor:
        address = f"{request.path_info.partition('/prompts/')[0]}/prompts/{quote(successor)}"
        response["Link"] = f'<{address}>; rel="successor-version"'
    return response


def with_dimensions(request: HttpRequest, name: str) -> tuple[str, dict[str, str]]:
    """The name without what stands behind a ``|``, and the dimensions from there or from the parameter."""
    name, _, behind = name.partition("|")
    given = parameters.text(request, "dimensions")
    if behind and given:
        raise BadRequest("Give dimensions with the name or as a parameter, not both.", field="dimensions")
    return name, read_dimensions(behind or given) if behind or given else {}


def label_and_version(request: HttpRequest, *, only: str = "") -> tuple[str, int | None]:
    """The two ways to ask, of which one is used; ``only`` is why a number is refused, if it is."""
    label, version = parameters.text(request, "label"), parameters.number(request, "version")
    if version is not None and (label or only):
        raise BadRequest(only or "Ask for a label or for a version, not for both.", field="version")
    return label, version


def wanted(request: HttpRequest, name: str) -> Served:
    """The version that the parameters name. Raises ``BadRequest``, ``NotThere``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    label, version = label_and_version(request)
    if version is None and actor.account is not None and label != LATEST and in_scope(actor, name):
        found = live_under(name, label or DEFAULT_LABEL, actor.account.environments)
        if found is not None:
            return found
    found = find(actor, name, label=label or ("" if version is not None else DEFAULT_LABEL), version=version)
    return purposeful(request, found)


def purposeful(request: HttpRequest, found: Served) -> Served:
    """What applications run as it is; of anything else that is sensitive, once its purpose is entered."""
    if not is_released(found.version_id, reach_of(request.actor)):  # type: ignore[attr-defined]
        enter_purpose(request, found.prompt_id)
    return found


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
