"""``/api/public/v2/prompts``: fetching, listing, writing and releasing as Langfuse's SDKs do it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from audits.identity.actors import Actor
from prompts.registry.models import Version
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.services.ask import ask_release
from prompts.releases.services.attempt import attempt_releases
from prompts.serving import bodies
from prompts.serving.api.catalogue import catalogue
from prompts.serving.api.fetch import fetch, to_document
from prompts.serving.endpoint import endpoint
from prompts.serving.http import BadRequest, answer
from prompts.serving.places import release_page
from prompts.serving.purposes import enter_purpose
from prompts.serving.selectors.reach import is_released, nothing, reach_of, served
from prompts.serving.verdicts import addresses_for, told
from prompts.serving.write import environments_of, read_draft, read_labels, write_draft

ASKED = "Asked for as a label through the API."
MOVED = "Released as a label through the API."


@endpoint(GET="read")
def prompt(request: HttpRequest, name: str) -> HttpResponse:
    """One version."""
    return fetch(request, name)


@endpoint(GET="read", POST="write")
def prompts(request: HttpRequest) -> HttpResponse:
    """The list, or a new version."""
    return create(request) if request.method == "POST" else catalogue(request)


def create(request: HttpRequest) -> HttpResponse:
    """A draft, 201. Labels that were asked for become release requests, each with the gate's verdict."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    draft = read_draft(bodies.read_object(request))
    environments = environments_of(actor, draft.labels, "labels")
    version = write_draft(actor, draft)
    asked = [
        ask_release(
            actor=actor, version_id=version.pk, environment=environment, reason=draft.note.strip() or ASKED
        )
        for environment in environments
    ]
    body = {**shown(actor, version), "labels": []}
    if asked:
        requests = [request_shape(row, version) for row in asked]
        body |= {"releaseRequest": requests[0], "releaseRequests": requests}
    return answer(body, 201)


@endpoint(PATCH="release")
def labels(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Releases a version to the environments named in ``newLabels``: to all of them or, with 409, to none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    body = bodies.read_object(request)
    if not isinstance(body.get("newLabels"), list):
        raise BadRequest("newLabels must be a list of texts.", field="newLabels")
    if "latest" in body["newLabels"]:
        raise BadRequest("The label latest is nobody's to give: it is the newest version.", field="newLabels")
    environments = environments_of(actor, read_labels(body["newLabels"], "newLabels"), "newLabels")
    if not 1 <= number < 2**31:
        raise nothing(name)
    rows: Any = Version.objects.visible_to(actor).select_related("prompt")
    version = rows.filter(prompt__name=name, number=number).first()
    if version is None:
        raise nothing(name)
    if not is_released(version.pk, reach_of(actor)):  # the answer holds the text
        enter_purpose(request, version.prompt_id)
    live = Release.objects.filter(version=version, state=Release.State.LIVE).values_list(
        "environment_id", flat=True
    )
    wanted = [environment for environment in environments if environment.pk not in set(live)]
    if wanted:
        with addresses_for(version.prompt):
            attempt_releases(actor=actor, version_id=version.pk, environments=wanted, reason=MOVED)
    return answer(shown(actor, version))


def shown(actor: Actor, version: Version) -> dict[str, Any]:
    """The version as the SDKs read it."""
    return to_document(served(version.prompt, version, reach_of(actor)), whole=False)


def request_shape(asked: ReleaseRequest, version: Version) -> dict[str, Any]:
    """A release request: where people decide it, and what the gate says just now."""
    return {
        "url": release_page(version.prompt_id),
        "environment": asked.environment.slug,
        "verdict": told(asked.verdict, version.prompt),
    }
