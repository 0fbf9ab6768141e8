"""Release at a moment: somebody asks for it, the scheduler does it once, or says why it did not."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, GovernedError, NotThere, Refused
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Environment, Prompt
from prompts.releases.errors import GateClosed
from prompts.releases.events import RELEASE_SCHEDULED, SCHEDULE_CANCELLED, SCHEDULE_STOPPED
from prompts.releases.models import Release, ScheduledRelease
from prompts.releases.moments import in_time, zone_of
from prompts.releases.policies import ReleasePolicy
from prompts.releases.services.attempt import record_stop
from prompts.releases.services.common import locked_prompt, place, seen_version, subject, told
from prompts.releases.services.release import release_version

LONGEST_WAIT = timedelta(days=366)
STATE = ScheduledRelease.State


@verb
def schedule_release(
    *,
    actor: Actor,
    version_id: int,
    environment: Environment | str,
    due_at: datetime,
    reason: str,
    zone: str = "UTC",
) -> ScheduledRelease:
    """Leaves a row that the scheduler carries out at ``due_at`` (aware), in the actor's name.

    The gate is asked then, and may be shut now. ``zone`` is the time zone in which the moment was told.
    Raises ``Refused``, ``Unacceptable`` for a moment that is past or far away, ``Conflict`` where it is
    scheduled.
    """
    version = seen_version(actor, version_id)
    version.prompt = locked_prompt(actor, version.prompt_id)
    where = place(environment)
    ReleasePolicy(actor).require("schedule", (version.prompt, where))
    if actor.user is None:
        raise Refused("A release is scheduled by a person.")
    now = timezone.now()
    if not version.is_frozen:
        raise Conflict(f"Version {version.number} is a draft; submit it first.", field="version")
    if ScheduledRelease.objects.filter(version=version, environment=where, state=STATE.WAITING).exists():
        raise Conflict(f"Version {version.number} is scheduled for {where.slug} already.")
    row = ScheduledRelease.objects.create(
        prompt=version.prompt,
        version=version,
        environment=where,
        due_at=in_time(due_at, now, LONGEST_WAIT),
        zone=zone_of(zone).key,
        reason=told(reason),
        by=actor.user,
        scheduled_at=now,
    )
    payload = {
        "schedule": row.pk,
        "digest": version.digest,
        "due_at": row.due_at.isoformat(),
        "zone": row.zone,
    }
    record(
        event=RELEASE_SCHEDULED,
        actor=actor,
        subject_type="release",
        subject=subject(version, where),
        reason=row.reason,
        payload=payload,
    )
    return row


@verb
def cancel_schedule(*, actor: Actor, schedule_id: int, reason: str) -> ScheduledRelease:
    """Calls a waiting release off. Raises ``Conflict`` where it was carried out or called off by now."""
    rows = ScheduledRelease.objects.select_related("prompt", "version__prompt", "environment")
    seen = Prompt.objects.visible_to(actor).values("pk")
    row = rows.select_for_update(of=("self",)).filter(pk=schedule_id, prompt__in=seen).first()
    if row is None:
        raise NotThere("There is no such scheduled release.")
    ReleasePolicy(actor).require("cancel", row)
    reason = told(reason)
    if row.state != STATE.WAITING:
        raise Conflict(f"This scheduled release is no longer waiting: {row.get_state_display().lower()}.")
    row.state, row.decided_at, row.outcome = STATE.CANCELLED, timezone.now(), reason
    row.decided_by_name = actor.name
    row.save(update_fields=["state", "decided_at", "outcome", "decided_by_name"])
    record(
        event=SCHEDULE_CANCELLED,
        actor=actor,
        subject_type="release",
        subject=subject(row.version, row.environment),
        reason=reason,
        payload={"schedule": row.pk},
    )
    return row


def due_schedules(now: datetime) -> list[int]:
    """Keys of what is due, the earliest first."""
    rows = ScheduledRelease.objects.filter(state=STATE.WAITING, due_at__lte=now)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:200])


def carry_out(schedule_id: int, now: datetime) -> Release | None:
    """Makes the release in the name of whoever scheduled it; None where it did not happen, or another
    worker did it.

    Claim and switch are one transaction: whoever is killed in between leaves the row waiting, and two workers
    cannot both win the claim. A refusal is written in a transaction of its own, by the same claim.
    """
    row = ScheduledRelease.objects.select_related("by", "version__prompt", "environment").get(pk=schedule_id)
    actor = Actor.for_user(row.by)
    try:
        with transaction.atomic():
            # The prompt first, as every move of its pointers does: two locks are never taken crosswise.
            Prompt.objects.select_for_update(of=("self",)).filter(pk=row.prompt_id).first()
            if not _claim(schedule_id, STATE.RELEASED, now):
                return None
            made = release_version(
                actor=actor,
                version_id=row.version_id,
                environment=row.environment,
                reason=row.reason,
                schedule=row.pk,
            )
            ScheduledRelease.objects.filter(pk=schedule_id).update(release=made)
            return made
    except GovernedError as error:
        stop_schedule(actor=Actor.system("scheduler"), schedule_id=schedule_id, error=error, now=now)
        return None


@verb
def stop_schedule(*, actor: Actor, schedule_id: int, error: GovernedError, now: datetime) -> bool:
    """Says that a due release did not happen, and why: the row, an entry, and what the gate said, if it
    was that.
    """
    if not _claim(schedule_id, STATE.STOPPED, now):
        return False
    row = ScheduledRelease.objects.select_related("by", "version__prompt", "environment").get(pk=schedule_id)
    row.outcome = error.message
    row.save(update_fields=["outcome"])
    if isinstance(error, GateClosed):
        record_stop(actor=Actor.for_user(row.by), verdict=error.verdict, reason=row.reason)
    record(
        event=SCHEDULE_STOPPED,
        actor=actor,
        subject_type="release",
        subject=subject(row.version, row.environment),
        reason=error.message[:2000],
        payload={"schedule": row.pk, "scheduled_by": row.by.username, "digest": row.version.digest},
    )
    return True


def _claim(schedule_id: int, state: ScheduledRelease.State, now: datetime) -> bool:
    """Whether this very call moved the row on from waiting."""
    waiting = ScheduledRelease.objects.filter(pk=schedule_id, state=STATE.WAITING, due_at__lte=now)
    return waiting.update(state=state, decided_at=now, decided_by_name="scheduler") == 1
