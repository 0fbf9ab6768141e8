"""Move an environment's pointer: release, and roll back."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Environment, Version
from prompts.releases.errors import AlreadyLive, shut
from prompts.releases.events import RELEASE_MADE, ROLLED_BACK
from prompts.releases.gates import Verdict
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.policies import ReleasePolicy
from prompts.releases.selectors import live_release, verdict_of
from prompts.releases.services.common import (
    locked_prompt,
    numbered_version,
    place,
    seen_version,
    subject,
    told,
)


@verb
def release_version(*, actor: Actor, version_id: int, environment: Environment | str, reason: str) -> Release:
    """Makes the version live in the environment, if the gate is open at this moment.

    Whatever was live there is superseded. Raises ``GateClosed`` (``PromptFrozen``, ``PromptRetired``) with
    the verdict, ``AlreadyLive``, ``Refused``, ``NotThere``. A shut gate leaves no trace here, since the
    transaction ends: callers use ``attempt_release``, which records it.
    """
    version = seen_version(actor, version_id)
    version.prompt = locked_prompt(actor, version.prompt_id)
    where = place(environment)
    ReleasePolicy(actor).require("release", (version.prompt, where))
    return _switch(actor, version, where, told(reason), is_rollback=False)


@verb
def roll_back(
    *, actor: Actor, prompt_id: int, environment: Environment | str, to_version: int, reason: str
) -> Release:
    """Makes an earlier released version (its number) live again: a new row, through the same gate.

    Raises ``Conflict`` for a version that was never live there, and what ``release_version`` raises.
    """
    prompt, where = locked_prompt(actor, prompt_id), place(environment)
    ReleasePolicy(actor).require("release", (prompt, where))
    version = numbered_version(prompt, to_version, "to_version")
    if not Release.objects.filter(version=version, environment=where).exists():
        raise Conflict(f"Version {to_version} was never live in {where.slug}.", field="to_version")
    return _switch(actor, version, where, told(reason), is_rollback=True)


def _switch(actor: Actor, version: Version, where: Environment, reason: str, *, is_rollback: bool) -> Release:
    """Judges and writes in one transaction, while the prompt is locked."""
    before = live_release(version.prompt, where)
    if before is not None and before.version_id == version.pk:
        raise AlreadyLive(f"Version {version.number} is live in {where.slug} already.")
    verdict = verdict_of(version, where)
    if not verdict.open:
        raise shut(verdict)
    now = timezone.now()
    if before is not None:
        before.state, before.ended_at, before.ended_by_name = Release.State.SUPERSEDED, now, actor.name
        before.save(update_fields=["state", "ended_at", "ended_by_name"])
    try:
        with transaction.atomic():
            release = Release.objects.create(
                prompt=version.prompt,
                version=version,
                environment=where,
                replaced=before.version if before else None,
                is_rollback=is_rollback,
                released_by=actor.user,
                released_by_name=actor.name,
                reason=reason,
                released_at=now,
                verdict=verdict.as_dict(),
            )
    except IntegrityError as error:
        raise Conflict(f"Somebody released another version to {where.slug} at this moment.") from error
    _answer_request(actor, release, verdict)
    _note(actor, release, before, verdict, is_rollback=is_rollback)
    return release


def _answer_request(actor: Actor, release: Release, verdict: Verdict) -> None:
    """The open request for it becomes released; without one a row says that it was asked and done at once."""
    asked = ReleaseRequest.objects.filter(
        version=release.version, environment=release.environment, state=ReleaseRequest.State.OPEN
    ).first() or ReleaseRequest(
        prompt=release.prompt,
        version=release.version,
        environment=release.environment,
        reason=release.reason,
        asked_by=actor.user,
        asked_by_name=actor.name,
        asked_at=release.released_at,
    )
    asked.state, asked.decided_at, asked.release = ReleaseRequest.State.RELEASED, release.released_at, release
    asked.verdict = verdict.as_dict()
    asked.save()


def _note(
    actor: Actor, release: Release, before: Release | None, verdict: Verdict, *, is_rollback: bool
) -> None:
    payload = {
        "release": release.pk,
        "digest": release.version.digest,
        "from": before.version.number if before else None,
        "to": release.version.number,
        "environment": release.environment.slug,
        "policy": {"id": verdict.policy_id, "version": verdict.policy_version},
        "evidence": [item for check in verdict.checks for item in check.evidence],
    }
    record(
        event=ROLLED_BACK if is_rollback else RELEASE_MADE,
        actor=actor,
        subject_type="release",
        subject=subject(release.version, release.environment),
        reason=release.reason,
        payload=payload,
    )
