"""Move an environment's pointer: release, promote, and roll back."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.registry.models import Environment, Version
from prompts.releases.errors import AlreadyLive, shut
from prompts.releases.events import RELEASE_MADE, ROLLED_BACK
from prompts.releases.gates import Verdict
from prompts.releases.models import Emergency, Release, ReleaseRequest
from prompts.releases.policies import ReleasePolicy
from prompts.releases.selectors import gate_policy_for, live_release, verdict_of
from prompts.releases.services.common import (
    locked_prompt,
    numbered_version,
    place,
    seen_version,
    subject,
    told,
)

READ_AGAIN = 5
"""How often a gate is asked anew whose policy was changed while it was asked."""


@verb
def release_version(
    *,
    actor: Actor,
    version_id: int,
    environment: Environment | str,
    reason: str,
    seen_live: int | None = None,
    schedule: int | None = None,
) -> Release:
    """Makes the version live in the environment, if the gate is open at this moment.

    Whatever was live there is superseded; ``seen_live`` is the release (0: none) that the actor saw live,
    and another one there by now is a ``Conflict``. ``schedule`` is the scheduled release that is carried
    out. Raises ``GateClosed`` (``PromptFrozen``, ``PromptRetired``) with the verdict, ``AlreadyLive``,
    ``Refused``, ``NotThere``. A shut gate leaves no trace here, since the transaction ends: callers use
    ``attempt_release``, which records it.
    """
    version = seen_version(actor, version_id)
    version.prompt = locked_prompt(actor, version.prompt_id)
    where = place(environment)
    ReleasePolicy(actor).require("release", (version.prompt, where))
    return _switch(
        actor, version, where, told(reason), is_rollback=False, seen_live=seen_live, schedule=schedule
    )


@verb
def promote_version(
    *, actor: Actor, prompt_id: int, environment: Environment | str, seen_version: int, reason: str
) -> Release:
    """Makes what is live in the environment live in the next higher one, through the same gate.

    ``seen_version`` is the number that the actor saw live: another one by now is a ``Conflict``.
    """
    prompt, where = locked_prompt(actor, prompt_id), place(environment)
    above = Environment.objects.filter(rank__gt=where.rank).order_by("rank").first()
    if above is None:
        raise Conflict(f"{where.slug} is the highest environment.", field="environment")
    ReleasePolicy(actor).require("release", (prompt, above))
    live = live_release(prompt, where)
    if live is None or live.version.number != seen_version:
        raise Conflict(
            f"{_live_words(live, where)}, not version {seen_version} as your page showed.", field="version"
        )
    live.version.prompt = prompt
    return _switch(actor, live.version, above, told(reason), is_rollback=False)


@verb
def roll_back(
    *,
    actor: Actor,
    prompt_id: int,
    environment: Environment | str,
    to_version: int,
    reason: str,
    seen_live: int | None = None,
) -> Release:
    """Makes an earlier released version (its number) live again: a new row, through the same gate.

    Raises ``Conflict`` for a version that was never live there, and what ``release_version`` raises.
    """
    prompt, where = locked_prompt(actor, prompt_id), place(environment)
    ReleasePolicy(actor).require("release", (prompt, where))
    version = numbered_version(prompt, to_version, "to_version")
    if not Release.objects.filter(version=version, environment=where).exists():
        raise Conflict(f"Version {to_version} was never live in {where.slug}.", field="to_version")
    return _switch(actor, version, where, told(reason), is_rollback=True, seen_live=seen_live)


def _switch(
    actor: Actor,
    version: Version,
    where: Environment,
    reason: str,
    *,
    is_rollback: bool,
    seen_live: int | None = None,
    schedule: int | None = None,
) -> Release:
    """Judges and writes in one transaction, while the prompt is locked."""
    before = live_release(version.prompt, where)
    if seen_live is not None and seen_live != (before.pk if before else 0):
        raise Conflict(f"{_live_words(before, where)} by now. Look again, then decide.")
    if before is not None and before.version_id == version.pk and not before.is_provisional:
        raise AlreadyLive(f"Version {version.number} is live in {where.slug} already.")
    verdict = _verdict_now(version, where)
    if not verdict.open:
        raise shut(verdict)
    release = put_live(
        actor, version, where, reason, before=before, verdict=verdict, columns={"is_rollback": is_rollback}
    )
    _answer_request(actor, release, verdict)
    event = ROLLED_BACK if is_rollback else RELEASE_MADE
    note(actor, event, release, before, verdict, {"schedule": schedule} if schedule else {})
    return release


def _live_words(live: Release | None, where: Environment) -> str:
    if live is None:
        return f"Nothing is live in {where.slug}"
    return f"Version {live.version.number}, released by {live.released_by_name}, is live in {where.slug}"


def _verdict_now(version: Version, where: Environment) -> Verdict:
    """The verdict under one version of the policy: one that was changed while it was read is read again."""
    for _ in range(READ_AGAIN):
        verdict, policy = verdict_of(version, where), gate_policy_for(version.prompt, where)
        if (verdict.policy_id, verdict.policy_version) == (
            policy.pk if policy else None,
            policy.version if policy else 0,
        ):
            return verdict
    raise Conflict("The gate is being changed just now; try again.")


def put_live(
    actor: Actor,
    version: Version,
    where: Environment,
    reason: str,
    *,
    before: Release | None,
    verdict: Verdict,
    columns: dict[str, Any],
) -> Release:
    """Ends the row before and writes the new one. Part of a verb that holds the prompt's lock and has
    judged.
    """
    now = timezone.now()
    if before is not None:
        # What came past the gate is served by no number afterwards, and is nobody's safe version.
        over = Release.State.WITHDRAWN if before.is_emergency else Release.State.SUPERSEDED
        before.state, before.ended_at, before.ended_by_name = over, now, actor.name
        before.save(update_fields=["state", "ended_at", "ended_by_name"])
        # An emergency that is no longer live is over; that somebody looks at it stays due.
        Emergency.objects.filter(release=before, state=Emergency.State.ACTIVE).update(
            state=Emergency.State.ENDED, ended_at=now
        )
    try:
        with transaction.atomic():
            return Release.objects.create(
                prompt=version.prompt,
                version=version,
                environment=where,
                replaced=before.version if before else None,
                released_by=actor.user,
                released_by_name=actor.name,
                reason=reason,
                released_at=now,
                verdict=verdict.as_dict(),
                **columns,
            )
    except IntegrityError as error:
        raise Conflict(f"Somebody released another version to {where.slug} at this moment.") from error


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


def note(
    actor: Actor,
    event: EventKind,
    release: Release,
    before: Release | None,
    verdict: Verdict,
    more: dict[str, Any],
) -> None:
    """The entry of a pointer's move, with the evidence that the gate accepted."""
    payload = {
        "release": release.pk,
        "digest": release.version.digest,
        "from": before.version.number if before else None,
        "to": release.version.number,
        "environment": release.environment.slug,
        "policy": {"id": verdict.policy_id, "version": verdict.policy_version},
        "evidence": [item for check in verdict.checks for item in check.evidence],
        **more,
    }
    record(
        event=event,
        actor=actor,
        subject_type="release",
        subject=subject(release.version, release.environment),
        reason=release.reason,
        payload=payload,
    )
