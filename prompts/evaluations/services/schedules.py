"""Schedules: who may save what."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import available_timezones

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations import rhythms
from prompts.evaluations.events import SCHEDULE_SAVED
from prompts.evaluations.models import Provider, Schedule
from prompts.evaluations.policies import SchedulePolicy
from prompts.evaluations.services.start_due_runs import version_in_sight
from prompts.evaluations.services.suites import check_slug, suite_for
from prompts.registry.models import Environment, Prompt
from prompts.registry.texts import check_choice

MOST_MINUTES = 366 * 24 * 60
MOST_DAYS = 366


@verb
def save_schedule(
    *,
    actor: Actor,
    name: str,
    prompt_id: int,
    suite_id: int,
    provider_id: int,
    judge_id: int | None = None,
    environment: Environment | None = None,
    rhythm: str = rhythms.INTERVAL,
    every_minutes: int = 1440,
    every_days: int = 1,
    weekdays: Sequence[int] = (),
    at: time = time(9),
    time_zone: str = "UTC",
    next_due_at: datetime | None = None,
    is_active: bool = True,
) -> Schedule:
    """Creates the schedule of that name, or replaces it; ``judge_id`` is who decides what a model judges.

    ``rhythm`` is ``interval`` (every_minutes), ``daily`` (every_days, at), ``weekly`` (weekdays with 0 for
    Monday, at), ``released`` (into ``environment``) or ``submitted``; ``at`` is a time of day in
    ``time_zone``. By the clock it is due at ``next_due_at``, else at the first instant of its rhythm; what is
    live or submitted already makes it due no more. Raises ``Unacceptable`` naming the field at fault.
    """
    prompt = Prompt.objects.visible_to(actor).filter(pk=prompt_id).first()
    provider = Provider.objects.filter(pk=provider_id).first()
    judge = None if judge_id is None else Provider.objects.filter(pk=judge_id).first()
    if prompt is None or provider is None or (judge_id is not None and judge is None):
        raise NotThere("There is no such prompt or provider.")
    SchedulePolicy(actor).require("write", prompt)
    check_slug(name, "schedule")
    schedule = (
        Schedule.objects.select_for_update(of=("self",)).select_related("prompt").filter(name=name).first()
    )
    if schedule is None:
        schedule = Schedule(name=name, created_by=actor.name)
    else:
        SchedulePolicy(actor).require("write", schedule.prompt)
    schedule.prompt, schedule.suite, schedule.provider = prompt, suite_for(actor, suite_id), provider
    schedule.judge, schedule.environment, schedule.is_active = judge, environment, is_active
    schedule.rhythm, schedule.every_minutes, schedule.every_days = rhythm, every_minutes, every_days
    schedule.weekdays, schedule.at, schedule.time_zone = sorted(set(weekdays)), at, time_zone
    _check(schedule)
    told = schedule.told_rhythm
    if told.by_clock:
        schedule.next_due_at = next_due_at or rhythms.first_instant(told, timezone.now())
        schedule.seen_version = None
    else:
        schedule.next_due_at, schedule.seen_version = None, version_in_sight(schedule)
    schedule.last_problem, schedule.missed_at = "", None
    schedule.save()
    payload: dict[str, Any] = {
        "prompt": prompt.name,
        "suite": schedule.suite.name,
        "provider": provider.name,
        "judge": judge.name if judge else "",
        "environment": environment.slug if environment else "",
        "rhythm": schedule.words,
        "in_use": is_active,
    }
    record(event=SCHEDULE_SAVED, actor=actor, subject_type="schedule", subject=name, payload=payload)
    return schedule


def _check(schedule: Schedule) -> None:
    check_choice(schedule.rhythm, "rhythm", Schedule.Rhythm.values)
    if schedule.time_zone not in available_timezones():
        raise Unacceptable(f"There is no time zone {schedule.time_zone[:64]!r}.", field="time_zone")
    if not 1 <= schedule.every_minutes <= MOST_MINUTES:
        raise Unacceptable(f"A schedule repeats every 1 to {MOST_MINUTES} minutes.", field="every_minutes")
    if not 1 <= schedule.every_days <= MOST_DAYS:
        raise Unacceptable(f"A schedule repeats every 1 to {MOST_DAYS} days.", field="every_days")
    if schedule.rhythm == rhythms.WEEKLY and not schedule.weekdays:
        raise Unacceptable("Choose at least one day of the week.", field="weekdays")
    if any(day not in range(7) for day in schedule.weekdays):
        raise Unacceptable("A day of the week is a number from 0, Monday, to 6.", field="weekdays")
    if schedule.rhythm == rhythms.RELEASED and schedule.environment is None:
        raise Unacceptable("Choose the environment whose releases are waited for.", field="environment")
