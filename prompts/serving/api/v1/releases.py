"""The gate, and releases through it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from prompts.registry.models import Environment, Version
from prompts.releases.selectors import verdict_of
from prompts.releases.services.attempt import attempt_release
from prompts.serving.api.v1.router import api, need
from prompts.serving.api.v1.schemas import LARGEST, GateClosed, Problem, ReleaseIn, ReleaseOut, Verdict
from prompts.serving.http import answer, encode, tagged
from prompts.serving.selectors.reach import WORKING, find, nothing, reach_of
from prompts.serving.verdicts import addresses_for, told

REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem}
UNSAID = "Asked for through the API."


@api.get("/prompts/{path:name}/gate", response={200: Verdict, **REFUSALS}, tags=["releases"])
def gate(
    request: HttpRequest,
    name: str,
    version: int = Query(..., ge=1, le=LARGEST),
    environment: str = Query(..., max_length=40),
) -> HttpResponse:
    """What the environment's gate says of the version just now."""
    actor = need(request, "read", *WORKING)
    found = of_number(actor, name, version)
    verdict = verdict_of(found, environment_of(actor, environment)).as_dict()
    return tagged(request, encode(told(verdict, found.prompt)))


@api.post(
    "/prompts/{path:name}/releases",
    response={201: ReleaseOut, **REFUSALS, 409: GateClosed, 410: Problem, 423: Problem},
    tags=["releases"],
)
def release(request: HttpRequest, name: str, payload: ReleaseIn) -> HttpResponse:
    """Releases the version, if the gate is open; 409 with the verdict if it is shut."""
    actor = need(request, "release")
    found = of_number(actor, name, payload.version)
    with addresses_for(found.prompt):
        made = attempt_release(
            actor=actor,
            version_id=found.pk,
            environment=environment_of(actor, payload.environment),
            reason=payload.reason.strip() or UNSAID,
        )
    body = {
        "id": made.pk,
        "prompt": found.prompt.name,
        "version": found.number,
        "environment": made.environment.slug,
        "digest": found.digest,
        "released_at": made.released_at.isoformat(),
        "released_by": made.released_by_name,
        "verdict": told(made.verdict, found.prompt),
    }
    return answer(body, 201)


def of_number(actor: Actor, name: str, number: int) -> Version:
    """The version: any within scope for keys that work on prompts, else one that the key reads."""
    if not any(actor.verb(verb) for verb in WORKING):
        return Version.objects.select_related("prompt__collection").get(
            pk=find(actor, name, version=number).version_id
        )
    rows: Any = Version.objects.visible_to(actor).select_related("prompt__collection")
    found = rows.filter(prompt__name=name, number=number).first()
    if found is None:
        raise nothing(name)
    return found


def environment_of(actor: Actor, slug: str) -> Environment:
    """The environment, if it is one of the key's; raises ``NotThere``."""
    found = Environment.objects.filter(slug=slug).first() if slug in reach_of(actor).environments else None
    if found is None:
        raise NotThere(f"This key knows no environment {slug[:40]!r}.")
    return found
