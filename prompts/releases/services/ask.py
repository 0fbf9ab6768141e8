"""Ask for a release that somebody else will make, and take the question back."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Environment, Prompt
from prompts.releases.events import RELEASE_ASKED, REQUEST_WITHDRAWN
from prompts.releases.models import ReleaseRequest
from prompts.releases.policies import ReleasePolicy
from prompts.releases.selectors import verdict_of
from prompts.releases.services.common import place, seen_version, subject, told


@verb
def ask_release(
    *, actor: Actor, version_id: int, environment: Environment | str, reason: str
) -> ReleaseRequest:
    """Leaves an open request with the gate's verdict of now; asked again, the same row with a new verdict."""
    version, where = seen_version(actor, version_id), place(environment)
    ReleasePolicy(actor).require("ask", (version.prompt, where))
    reason = told(reason)
    verdict = verdict_of(version, where)
    rows = ReleaseRequest.objects.select_for_update(of=("self",))
    known = rows.filter(version=version, environment=where, state=ReleaseRequest.State.OPEN).first()
    if known is not None:
        known.verdict = verdict.as_dict()
        known.save(update_fields=["verdict"])
        return known
    asked = ReleaseRequest.objects.create(
        prompt=version.prompt,
        version=version,
        environment=where,
        verdict=verdict.as_dict(),
        reason=reason,
        asked_by=actor.user,
        asked_by_name=actor.name,
        asked_at=timezone.now(),
    )
    payload = {"request": asked.pk, "digest": version.digest, "open": verdict.open}
    record(
        event=RELEASE_ASKED,
        actor=actor,
        subject_type="release",
        subject=subject(version, where),
        reason=reason,
        payload=payload,
    )
    return asked


@verb
def withdraw_release_request(*, actor: Actor, request_id: int, reason: str = "") -> ReleaseRequest:
    """Closes an open request without a release."""
    rows = ReleaseRequest.objects.select_for_update(of=("self",)).select_related(
        "version__prompt", "environment"
    )
    visible = Prompt.objects.visible_to(actor).values("pk")
    asked = rows.filter(pk=request_id, prompt__in=visible).first()
    if asked is None:
        raise NotThere("There is no such request.")
    ReleasePolicy(actor).require("ask", (asked.version.prompt, asked.environment))
    if asked.state != ReleaseRequest.State.OPEN:
        raise Conflict("This request is closed.")
    asked.state, asked.decided_at = ReleaseRequest.State.WITHDRAWN, timezone.now()
    asked.save(update_fields=["state", "decided_at"])
    record(
        event=REQUEST_WITHDRAWN,
        actor=actor,
        subject_type="release",
        subject=subject(asked.version, asked.environment),
        reason=reason.strip(),
        payload={"request": asked.pk},
    )
    return asked
