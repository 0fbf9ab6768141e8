"""Start the runs of schedules that are due, by the clock or by a version that is new."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, NotThere
from prompts.evaluations import rhythms
from prompts.evaluations.live_versions import live_version
from prompts.evaluations.models import Run, Schedule
from prompts.evaluations.services.missed_runs import note_missed
from prompts.evaluations.services.start_run import start_run
from prompts.registry.models import Version

MOST = 100
MOST_WATCHED = 1000


def start_due_runs(*, actor: Actor, now: datetime) -> list[Run]:
    """Starts one run for each schedule that is due, and returns them for the caller to send.

    A run's key is schedule and due instant: two schedulers at once start it once. Instants that were missed
    while nothing ran are told, and not made up for.
    """
    note_missed(actor=actor, now=now)
    due = Schedule.objects.due(now).order_by("pk")[:MOST]
    waiting = Schedule.objects.filter(is_active=True, rhythm__in=[rhythms.RELEASED, rhythms.SUBMITTED])
    waiting = waiting.select_related("environment").order_by("pk")[:MOST_WATCHED]
    started = [_start_by_clock(actor, schedule, now) for schedule in due]
    started += [_start_by_version(actor, schedule) for schedule in waiting]
    return [run for run in started if run is not None]


def _start_by_clock(actor: Actor, schedule: Schedule, now: datetime) -> Run | None:
    due = schedule.next_due_at
    assert due is not None  # noqa: S101  the query asked for it
    with transaction.atomic():
        # The due instant is state, not configuration: compared and set, without a history row.
        moved = Schedule.objects.filter(pk=schedule.pk, is_active=True, next_due_at=due).update(
            next_due_at=rhythms.next_instant(schedule.told_rhythm, due, now)
        )
        key = f"schedule:{schedule.pk}:{due.isoformat()}"
        return _start(actor, schedule, Run.Trigger.SCHEDULE, key) if moved else None


def _start_by_version(actor: Actor, schedule: Schedule) -> Run | None:
    """A run of the version that is in sight, once: whoever sets it as seen starts it."""
    version = version_in_sight(schedule)
    if version is None or version.pk == schedule.seen_version_id:
        return None
    with transaction.atomic():
        rows = Schedule.objects.filter(pk=schedule.pk, is_active=True)
        rows = rows.filter(seen_version=schedule.seen_version_id)
        if not rows.update(seen_version=version):
            return None
        released = schedule.rhythm == rhythms.RELEASED
        return _start(actor, schedule, Run.Trigger.RELEASE if released else Run.Trigger.SCHEDULE, None)


def version_in_sight(schedule: Schedule) -> Version | None:
    """What a schedule that waits for versions sees now: the one that is live, or the newest submitted."""
    try:
        return _version(schedule)
    except GovernedError:
        return None


def _start(actor: Actor, schedule: Schedule, trigger: str, key: str | None) -> Run | None:
    try:
        with transaction.atomic():
            run = start_run(
                actor=actor,
                version_id=_version(schedule).pk,
                suite_id=schedule.suite_id,
                providers=[schedule.provider_id],
                trigger=trigger,
                judge=schedule.judge_id,
                anew=True,
                key=key,
            )
    except GovernedError as problem:
        Schedule.objects.filter(pk=schedule.pk).update(last_problem=problem.message[:300])
        return None
    Schedule.objects.filter(pk=schedule.pk).update(last_run=run, last_problem="", missed_at=None)
    return run


def _version(schedule: Schedule) -> Version:
    """The version live in the schedule's environment; without an environment the newest frozen one."""
    if schedule.environment is not None and schedule.rhythm != rhythms.SUBMITTED:
        found: Any = live_version(schedule.prompt_id, schedule.environment.slug)
        if found is None:
            raise NotThere(f"Nothing is live in {schedule.environment.slug}.")
        return found  # type: ignore[no-any-return]
    newest = Version.objects.filter(prompt=schedule.prompt_id).frozen().order_by("-number").first()
    if newest is None:
        raise NotThere("No version was submitted yet.")
    return newest  # type: ignore[no-any-return]
