"""Releases as callers make them: a refusal by the gate is recorded, although it undoes everything else."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Environment, Version
from prompts.releases.errors import GateClosed
from prompts.releases.events import RELEASE_STOPPED
from prompts.releases.gates import Verdict
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.services.common import place, subject
from prompts.releases.services.release import promote_version, release_version, roll_back


def attempt_release(
    *,
    actor: Actor,
    version_id: int,
    environment: Environment | str,
    reason: str,
    seen_live: int | None = None,
) -> Release:
    """``release_version``; a shut gate leaves a stopped request and an event, then raises."""

    def act() -> list[Release]:
        made = release_version(
            actor=actor, version_id=version_id, environment=environment, reason=reason, seen_live=seen_live
        )
        return [made]

    return recorded(actor, reason, act)[0]


def attempt_releases(
    *, actor: Actor, version_id: int, environments: Sequence[Environment | str], reason: str
) -> list[Release]:
    """Releases to all of these environments or, if one gate is shut, to none."""

    def act() -> list[Release]:
        return [
            release_version(actor=actor, version_id=version_id, environment=where, reason=reason)
            for where in environments
        ]

    return recorded(actor, reason, act)


def attempt_promotion(
    *, actor: Actor, prompt_id: int, environment: Environment | str, seen_version: int, reason: str
) -> Release:
    """``promote_version``, with a refusal recorded."""

    def act() -> list[Release]:
        made = promote_version(
            actor=actor,
            prompt_id=prompt_id,
            environment=environment,
            seen_version=seen_version,
            reason=reason,
        )
        return [made]

    return recorded(actor, reason, act)[0]


def attempt_roll_back(
    *,
    actor: Actor,
    prompt_id: int,
    environment: Environment | str,
    to_version: int,
    reason: str,
    seen_live: int | None = None,
) -> Release:
    """``roll_back``, with a refusal recorded."""

    def act() -> list[Release]:
        moved = roll_back(
            actor=actor,
            prompt_id=prompt_id,
            environment=environment,
            to_version=to_version,
            reason=reason,
            seen_live=seen_live,
        )
        return [moved]

    return recorded(actor, reason, act)[0]


def recorded(actor: Actor, reason: str, act: Callable[[], list[Release]]) -> list[Release]:
    """Runs ``act``; what a shut gate undid is recorded in a transaction of its own, then the error goes
    on.
    """
    try:
        with transaction.atomic():
            return act()
    except GateClosed as closed:
        record_stop(actor=actor, verdict=closed.verdict, reason=reason)
        raise


@verb
def record_stop(*, actor: Actor, verdict: Verdict, reason: str) -> ReleaseRequest:
    """Keeps what the gate said and to whom; for callers that just caught ``GateClosed``."""
    version = Version.objects.select_related("prompt").get(
        prompt__name=verdict.prompt, number=verdict.version
    )
    where, now = place(verdict.environment), timezone.now()
    stopped = ReleaseRequest.objects.create(
        prompt=version.prompt,
        version=version,
        environment=where,
        state=ReleaseRequest.State.STOPPED,
        verdict=verdict.as_dict(),
        reason=reason.strip(),
        asked_by=actor.user,
        asked_by_name=actor.name,
        asked_at=now,
        decided_at=now,
    )
    payload = {
        "digest": verdict.digest,
        "request": stopped.pk,
        "failed": [{"code": check.code, "reason": check.reason} for check in verdict.failed],
    }
    record(
        event=RELEASE_STOPPED,
        actor=actor,
        subject_type="release",
        subject=subject(version, where),
        reason=stopped.reason,
        payload=payload,
    )
    return stopped
