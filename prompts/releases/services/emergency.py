"""Break the glass: two people put a version live whose gate is shut, for some hours."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.registry.models import Environment, Prompt
from prompts.releases.errors import GateClosed, PromptFrozen, PromptRetired, shut
from prompts.releases.events import (
    EMERGENCY_ASKED,
    EMERGENCY_ENDED,
    EMERGENCY_REFUSED,
    EMERGENCY_RELEASED,
    EMERGENCY_REVIEWED,
)
from prompts.releases.gates import Verdict
from prompts.releases.models import Emergency, Release
from prompts.releases.policies import EmergencyPolicy
from prompts.releases.selectors import gate_policy_for, live_release, verdict_of
from prompts.releases.services.common import locked_prompt, place, seen_version, subject, told
from prompts.releases.services.release import note, put_live

STATE = Emergency.State
NEVER_BROKEN = ("frozen_text", "not_frozen", "not_retired")
"""Checks that no two people pass: a text that is none, a freeze, and the end of a prompt."""
OUTCOMES = ("justified", "not justified")


@verb
def ask_emergency(
    *, actor: Actor, version_id: int, environment: Environment | str, reason: str, hours: int
) -> Emergency:
    """Asks to put the version live past the shut gate for ``hours``; a second person confirms.

    Raises ``Refused``, ``Unacceptable``, ``Conflict`` where the gate is open anyway or one is under way,
    ``PromptFrozen``, ``PromptRetired``, ``GateClosed`` for a draft.
    """
    version = seen_version(actor, version_id)
    version.prompt = locked_prompt(actor, version.prompt_id)
    where = place(environment)
    gate = gate_policy_for(version.prompt, where)
    policy = EmergencyPolicy(actor)
    policy.require("ask", (version.prompt, where, gate))
    if gate is None or actor.user is None:
        raise Refused("The glass is broken by people, where a gate allows it.")
    if not 1 <= hours <= gate.emergency_hours:
        raise Unacceptable(f"From 1 to {gate.emergency_hours} hours.", field="hours")
    _breakable(verdict_of(version, where))
    if Emergency.objects.filter(
        prompt=version.prompt, environment=where, state__in=[STATE.ASKED, STATE.ACTIVE]
    ).exists():
        raise Conflict(f"The glass is broken, or asked to be, for {where.slug} already.")
    row = Emergency.objects.create(
        prompt=version.prompt,
        version=version,
        environment=where,
        reason=told(reason),
        hours=hours,
        review_hours=gate.review_hours,
        asked_by=actor.user,
        asked_role=policy.role_in(gate),
        asked_at=timezone.now(),
    )
    payload = {"emergency": row.pk, "digest": version.digest, "hours": hours, "role": row.asked_role}
    _record(actor, EMERGENCY_ASKED, row, row.reason, payload)
    return row


@verb
def confirm_emergency(*, actor: Actor, emergency_id: int) -> Release:
    """The second person says yes: the version is live at once, with the shut verdict kept.

    Raises what ``ask_emergency`` raises, and ``Conflict`` where it was decided by now.
    """
    row = _locked(actor, emergency_id)
    gate = gate_policy_for(row.prompt, row.environment)
    policy = EmergencyPolicy(actor)
    policy.require("confirm", (row, gate))
    _require_asked(row)
    if not Actor.for_user(row.asked_by).has_role(row.asked_role):
        raise Conflict("Whoever asked is no longer here, or no longer in that role; refuse it.")
    verdict = verdict_of(row.version, row.environment)
    _breakable(verdict)
    before = live_release(row.prompt, row.environment)
    if before is not None and before.version_id == row.version_id:
        raise Conflict(f"Version {row.version.number} is live in {row.environment.slug} by now.")
    now = timezone.now()
    release = put_live(
        actor,
        row.version,
        row.environment,
        row.reason,
        before=before,
        verdict=verdict,
        columns={"is_emergency": True},
    )
    row.state, row.release, row.verdict = STATE.ACTIVE, release, verdict.as_dict()
    row.confirmed_by, row.confirmed_role = actor.user, policy.role_in(gate, other_than=row.asked_role)
    row.confirmed_at, row.ends_at = now, now + timedelta(hours=row.hours)
    row.review_due_at = now + timedelta(hours=row.review_hours)
    row.save()
    more: dict[str, Any] = {
        "emergency": row.pk,
        "asked_by": row.asked_by.username,
        "roles": [row.asked_role, row.confirmed_role],
        "ends_at": row.ends_at.isoformat(),
        "review_due_at": row.review_due_at.isoformat(),
        "broken": [{"code": check.code, "reason": check.reason} for check in verdict.failed],
    }
    note(actor, EMERGENCY_RELEASED, release, before, verdict, more)
    return release


@verb
def refuse_emergency(*, actor: Actor, emergency_id: int, reason: str) -> Emergency:
    """Says no; whoever asked takes it back by this."""
    row = _locked(actor, emergency_id)
    EmergencyPolicy(actor).require("refuse", (row, gate_policy_for(row.prompt, row.environment)))
    _require_asked(row)
    reason = told(reason)
    row.state = STATE.REFUSED
    row.save(update_fields=["state"])
    _record(actor, EMERGENCY_REFUSED, row, reason, {"emergency": row.pk, "asked_by": row.asked_by.username})
    return row


@verb
def review_emergency(*, actor: Actor, emergency_id: int, outcome: str, text: str) -> Emergency:
    """A third person says whether it was justified, and what follows. Raises ``Conflict`` where somebody
    did.
    """
    row = _locked(actor, emergency_id)
    EmergencyPolicy(actor).require("review", row)
    if row.confirmed_at is None:
        raise Conflict("The glass was not broken.")
    if row.reviewed_at is not None:
        raise Conflict(f"{row.reviewed_by} has looked at it already.")
    if outcome not in OUTCOMES:
        raise Unacceptable("Say whether it was justified.", field="outcome")
    row.review, row.outcome = told(text), outcome
    row.reviewed_by, row.reviewed_at = actor.user, timezone.now()
    row.save(update_fields=["review", "outcome", "reviewed_by", "reviewed_at"])
    _record(actor, EMERGENCY_REVIEWED, row, row.review, {"emergency": row.pk, "outcome": outcome})
    return row


@verb
def end_emergency(*, actor: Actor, emergency_id: int, now: datetime) -> bool:
    """Withdraws an emergency release whose time is over; whether this very call did it.

    Nothing takes its place: what was live before may be the very reason why the glass was broken.
    """
    row = Emergency.objects.select_related("prompt", "version__prompt", "environment").get(pk=emergency_id)
    Prompt.objects.select_for_update(of=("self",)).filter(pk=row.prompt_id).first()
    active = Emergency.objects.filter(pk=emergency_id, state=STATE.ACTIVE, ends_at__lte=now)
    if active.update(state=STATE.ENDED, ended_at=now) != 1:
        return False
    Release.objects.filter(emergency=row, state=Release.State.LIVE).update(
        state=Release.State.WITHDRAWN, ended_at=now, ended_by_name=actor.name
    )
    where = row.environment.slug
    reason = f"The {row.hours} hours are over; nothing is served in {where} until a release is made."
    _record(actor, EMERGENCY_ENDED, row, reason, {"emergency": row.pk, "release": row.release_id})
    return True


def _breakable(verdict: Verdict) -> None:
    """Raises where two people may not pass, or need not."""
    if verdict.open:
        raise Conflict("The gate is open: release the version as always.")
    failed = {check.code for check in verdict.failed}
    if failed & set(NEVER_BROKEN):
        error = shut(verdict)
        if isinstance(error, PromptFrozen | PromptRetired):
            raise error
        raise GateClosed("The text is a draft, or not the one that was frozen: no glass is broken.", verdict)


def _locked(actor: Actor, emergency_id: int) -> Emergency:
    rows = Emergency.objects.select_related("version__prompt", "environment", "asked_by", "reviewed_by")
    found = rows.filter(pk=emergency_id).first()
    if found is None:
        raise NotThere("There is no such emergency.")
    prompt = locked_prompt(actor, found.prompt_id)
    row = rows.select_for_update(of=("self",)).get(pk=emergency_id)
    row.prompt = row.version.prompt = prompt
    return row


def _require_asked(row: Emergency) -> None:
    if row.state != STATE.ASKED:
        raise Conflict(f"This was decided by now: {row.get_state_display().lower()}.")


def _record(actor: Actor, event: EventKind, row: Emergency, reason: str, payload: dict[str, Any]) -> None:
    record(
        event=event,
        actor=actor,
        subject_type="release",
        subject=subject(row.version, row.environment),
        reason=reason,
        payload=payload,
    )
