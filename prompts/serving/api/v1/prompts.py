"""Prompts: search, one version, its canonical document, the moves of its pointers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from audits.identity.errors import Conflict
from prompts.registry.models import Prompt, Variant, Version
from prompts.registry.paging import is_place
from prompts.releases.models import Release
from prompts.releases.selectors import state_of
from prompts.serving.api.v1.router import api, need
from prompts.serving.api.v1.schemas import MovePage, Problem, PromptPage, VariantPage, VersionOut
from prompts.serving.http import BadRequest, encode, tagged
from prompts.serving.paging import cursor_of, number_at, place_of, split
from prompts.serving.purposes import enter_purpose
from prompts.serving.selectors.history import moves_of, shape_moves
from prompts.serving.selectors.reach import find, known_to, nothing, reach_of
from prompts.serving.selectors.search import newest_numbers, prompts_found

NOT_FOUND = {400: Problem, 401: Problem, 403: Problem, 404: Problem}
Limit = Query(20, ge=1, le=100)


@api.get("/prompts", response={200: PromptPage, 400: Problem, 401: Problem, 403: Problem}, tags=["prompts"])
def search(
    request: HttpRequest, q: str = Query("", max_length=500), limit: int = Limit, cursor: str = ""
) -> HttpResponse:
    """Searches names, texts and tags; without words, all prompts by name."""
    actor = need(request, "read")
    if "\x00" in q:
        raise BadRequest("q holds a NUL character.", field="q")
    if q.strip():
        place = place_of(cursor)
        if place and not is_place(place):
            raise BadRequest("This cursor is none of ours.", field="cursor")
        page, place = prompts_found(actor, q, after=place, limit=limit)
        following = cursor_of(place) if place else None
    else:
        found = (
            Prompt.objects.all()
            .seen_by_key(actor)
            .in_use()
            .filter(known_to(actor))
            .filter(name__gt=place_of(cursor))
            .order_by("name")
        )
        page, more = split(list(found.select_related("collection", "owner")[: limit + 1]), limit)
        following = cursor_of(page[-1].name) if more else None
    return tagged(request, encode({"data": shape_rows(actor, page), "next": following}))


def shape_rows(actor: Any, prompts: list[Prompt]) -> list[dict[str, Any]]:
    """Rows of the search; a constant number of queries however many they are."""
    keys, reach = [prompt.pk for prompt in prompts], reach_of(actor)
    states, newest = state_of(keys), newest_numbers(reach, keys)
    live = live_numbers(keys, reach.environments)
    return [
        {
            "name": prompt.name,
            "kind": prompt.kind,
            "collection": prompt.collection.slug,
            "tags": prompt.tags,
            "owner": prompt.owner.username if prompt.owner else None,
            "risk_tier": prompt.risk_tier,
            "state": states[prompt.pk].state,
            "latest_version": newest.get(prompt.pk),
            "environments": live.get(prompt.pk, {}),
        }
        for prompt in prompts
    ]


def live_numbers(prompts: list[int], environments: list[str]) -> dict[int, dict[str, int]]:
    """By prompt the version that is live in each of the environments, lowest first; one query."""
    live: dict[int, dict[str, int]] = {}
    rows = Release.objects.filter(
        prompt__in=prompts, state=Release.State.LIVE, environment__slug__in=environments
    ).order_by("environment__rank")
    for prompt, slug, number in rows.values_list("prompt_id", "environment__slug", "version__number"):
        live.setdefault(prompt, {})[slug] = number
    return live


@api.get(
    "/prompts/{path:name}/versions/{int:n}/canonical",
    response={200: None, **NOT_FOUND, 409: Problem, 428: Problem},
    tags=["prompts"],
)
def canonical(request: HttpRequest, name: str, n: int) -> HttpResponse:
    """The very bytes whose SHA-256 is the version's digest."""
    version = purposeful(request, readable(request, name, n))
    if not version.is_frozen:
        raise Conflict(f"{name}@{n} is a draft; it has a canonical document from its freeze on.")
    return tagged(request, version.canonical.encode())


@api.get(
    "/prompts/{path:name}/versions/{int:n}/history",
    response={200: MovePage, **NOT_FOUND},
    by_alias=True,
    tags=["prompts"],
)
def version_history(
    request: HttpRequest, name: str, n: int, limit: int = Limit, cursor: str = ""
) -> HttpResponse:
    """The moves of the pointers to and from one version."""
    version = readable(request, name, n)
    return moves(request, version.prompt, limit, cursor, version)


@api.get(
    "/prompts/{path:name}/versions/{int:n}",
    response={200: VersionOut, **NOT_FOUND, 428: Problem},
    tags=["prompts"],
)
def version(request: HttpRequest, name: str, n: int) -> HttpResponse:
    """One version, as it was written."""
    found = purposeful(request, readable(request, name, n))
    live = Release.objects.filter(version=found, state=Release.State.LIVE).order_by("-environment__rank")
    labels = live.filter(environment__slug__in=reach_of(request.actor).environments)  # type: ignore[attr-defined]
    body = {
        "name": found.prompt.name,
        "version": found.number,
        "kind": found.prompt.kind,
        "format": found.format,
        "messages": found.messages,
        "variables": found.variables,
        "settings": found.model_settings,
        "tools": found.tools,
        "output_schema": found.output_schema,
        "config": found.config,
        "fragments": found.fragments,
        "change_note": found.change_note,
        "author": found.author_name,
        "written_at": found.written_at.isoformat(),
        "frozen_at": found.frozen_at.isoformat() if found.frozen_at else None,
        "digest": found.digest,
        "environments": list(labels.values_list("environment__slug", flat=True)),
    }
    return tagged(request, encode(body))


@api.get(
    "/prompts/{path:name}/history", response={200: MovePage, **NOT_FOUND}, by_alias=True, tags=["prompts"]
)
def history(request: HttpRequest, name: str, limit: int = Limit, cursor: str = "") -> HttpResponse:
    """The moves of the pointers: who, when, from, to, why, by which approvals and runs; newest first."""
    actor = need(request, "read")
    prompt = Prompt.objects.visible_to(actor).filter(name=name).first()
    if (
        prompt is None
        or not Release.objects.filter(
            prompt=prompt, environment__slug__in=reach_of(actor).environments
        ).exists()
    ):
        raise nothing(name)
    return moves(request, prompt, limit, cursor)


@api.get("/prompts/{path:name}/variants", response={200: VariantPage, **NOT_FOUND}, tags=["prompts"])
def variants(request: HttpRequest, name: str) -> HttpResponse:
    """The variants of a prompt that the key may know of: what each is for, and what is live where."""
    actor = need(request, "read", "read_drafts")
    known = Prompt.objects.visible_to(actor).in_use().filter(known_to(actor))
    base = known.filter(name=name).first()
    if base is None:
        raise nothing(name)
    rows = list(Variant.objects.filter(base=base, prompt__in=known.values("pk")).select_related("prompt"))
    live = live_numbers([row.prompt_id for row in rows], reach_of(actor).environments)
    data = [
        {
            "name": row.prompt.name,
            "dimensions": row.dimensions,
            "environments": live.get(row.prompt_id, {}),
        }
        for row in sorted(rows, key=lambda row: row.key)
    ]
    return tagged(request, encode({"data": data, "next": None}))


def moves(
    request: HttpRequest, prompt: Prompt, limit: int, cursor: str, version: Version | None = None
) -> HttpResponse:
    """A page of moves."""
    environments = reach_of(request.actor).environments  # type: ignore[attr-defined]
    rows = moves_of(prompt, environments, version, before=number_at(cursor))
    page, more = split(list(rows[: limit + 1]), limit)
    body = {"data": shape_moves(page), "next": cursor_of(page[-1].pk) if more else None}
    return tagged(request, encode(body))


def readable(request: HttpRequest, name: str, number: int) -> Version:
    """The version, if the key reads it; raises ``NotThere``."""
    actor = need(request, "read", "read_drafts")
    if not 1 <= number < 2**31:
        raise BadRequest("A version's number is a whole number from 1.", field="n")
    found = find(actor, name, version=number)
    return Version.objects.select_related("prompt").get(pk=found.version_id)


def purposeful(request: HttpRequest, version: Version) -> Version:
    """The version once the purpose of reading it is entered, where its prompt is sensitive.

    Raises ``PurposeNeeded``, 428.
    """
    enter_purpose(request, version.prompt_id)
    return version
