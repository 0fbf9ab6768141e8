"""Schedules: save them, and start what is due."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.events import SCHEDULE_SAVED
from prompts.evaluations.live_versions import live_version
from prompts.evaluations.models import Provider, Run, Schedule
from prompts.evaluations.policies import SchedulePolicy
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import check_slug, suite_for
from prompts.registry.models import Environment, Prompt, Version

MOST_MINUTES = 366 * 24 * 60


@verb
def save_schedule(
    *,
    actor: Actor,
    name: str,
    prompt_id: int,
    suite_id: int,
    provider_id: int,
    environment: Environment | None = None,
    every_minutes: int = 1440,
    next_due_at: datetime | None = None,
    is_active: bool = True,
) -> Schedule:
    """Creates the schedule of that name, or replaces it; due after one period unless told otherwise."""
    prompt = Prompt.objects.visible_to(actor).filter(pk=prompt_id).first()
    provider = Provider.objects.filter(pk=provider_id).first()
    if prompt is None or provider is None:
        raise NotThere("There is no such prompt or provider.")
    SchedulePolicy(actor).require("write", prompt)
    check_slug(name, "schedule")
    if not 1 <= every_minutes <= MOST_MINUTES:
        raise Unacceptable(f"A schedule repeats every 1 to {MOST_MINUTES} minutes.", field="every_minutes")
    schedule = Schedule.objects.select_for_update().select_related("prompt").filter(name=name).first()
    if schedule is None:
        schedule = Schedule(name=name, created_by=actor.name)
    else:
        SchedulePolicy(actor).require("write", schedule.prompt)
    schedule.prompt, schedule.suite, schedule.provider = prompt, suite_for(actor, suite_id), provider
    schedule.environment, schedule.every_minutes, schedule.is_active = environment, every_minutes, is_active
    schedule.next_due_at = next_due_at or timezone.now() + timedelta(minutes=every_minutes)
    schedule.last_problem = ""
    schedule.save()
    payload = {
        "prompt": prompt.name,
        "suite": schedule.suite.name,
        "provider": provider.name,
        "environment": environment.slug if environment else "",
        "every_minutes": every_minutes,
        "in_use": is_active,
    }
    record(event=SCHEDULE_SAVED, actor=actor, subject_type="schedule", subject=name, payload=payload)
    return schedule


def start_due_runs(*, actor: Actor, now: datetime) -> list[Run]:
    """Starts one run for each schedule that is due, and returns them for the caller to send.

    A run's key is schedule and due instant: two schedulers at once start it once. Instants that were missed
    while nothing ran are not made up for.
    """
    started = (_start(actor, schedule, now) for schedule in Schedule.objects.due(now).order_by("pk")[:100])
    return [run for run in started if run is not None]


def next_instant(due: datetime, every_minutes: int, now: datetime) -> datetime:
    """The first instant after ``now`` on the schedule's own grid; in UTC, which no clock change moves."""
    period = timedelta(minutes=every_minutes)
    return due + period * ((now - due) // period + 1)


def _start(actor: Actor, schedule: Schedule, now: datetime) -> Run | None:
    due = schedule.next_due_at
    with transaction.atomic():
        # The due instant is state, not configuration: compared and set, without a history row.
        moved = Schedule.objects.filter(pk=schedule.pk, is_active=True, next_due_at=due).update(
            next_due_at=next_instant(due, schedule.every_minutes, now)
        )
        if not moved:
            return None
        try:
            with transaction.atomic():
                run = start_run(
                    actor=actor,
                    version_id=_version(schedule).pk,
                    suite_id=schedule.suite_id,
                    providers=[schedule.provider_id],
                    trigger=Run.Trigger.SCHEDULE,
                    key=f"schedule:{schedule.pk}:{due.isoformat()}",
                )
        except GovernedError as problem:
            Schedule.objects.filter(pk=schedule.pk).update(last_problem=problem.message[:300])
            return None
        Schedule.objects.filter(pk=schedule.pk).update(last_run=run, last_problem="")
    return run


def _version(schedule: Schedule) -> Version:
    """The version live in the schedule's environment; without an environment the newest frozen one."""
    if schedule.environment is not None:
        found: Any = live_version(schedule.prompt_id, schedule.environment.slug)
        if found is None:
            raise NotThere(f"Nothing is live in {schedule.environment.slug}.")
        return found  # type: ignore[no-any-return]
    newest = Version.objects.filter(prompt=schedule.prompt_id).frozen().order_by("-number").first()
    if newest is None:
        raise NotThere("No version was submitted yet.")
    return newest  # type: ignore[no-any-return]
