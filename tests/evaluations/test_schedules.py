"""Schedules: due once, on their own grid, for the right version."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused, Unacceptable
from prompts.evaluations import live_versions
from prompts.evaluations.models import Schedule
from prompts.evaluations.services.schedules import next_instant, save_schedule, start_due_runs
from prompts.registry.models import Environment

SCHEDULER = Actor.system("scheduler")


@pytest.fixture
def schedule(engineer, version, suite, recorded):
    return save_schedule(
        actor=engineer,
        name="nightly",
        prompt_id=version.prompt_id,
        suite_id=suite.pk,
        provider_id=recorded.pk,
        every_minutes=60,
        next_due_at=timezone.now() - timedelta(minutes=1),
    )


@pytest.mark.requirement("sr-26-2/monitoring")
def test_a_due_schedule_starts_one_run_however_often_it_is_asked(schedule, version):
    now = timezone.now()
    (run,) = start_due_runs(actor=SCHEDULER, now=now)
    assert start_due_runs(actor=SCHEDULER, now=now) == []
    assert (run.trigger, run.version_id, run.requested_by_name) == ("schedule", version.pk, "scheduler")
    schedule.refresh_from_db()
    assert schedule.next_due_at > now
    assert schedule.last_run == run


def test_two_schedulers_start_the_same_run(schedule):
    due = schedule.next_due_at
    (first,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    Schedule.objects.filter(pk=schedule.pk).update(next_due_at=due)
    (second,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert first.pk == second.pk


def test_missed_instants_are_not_made_up_for():
    due = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert next_instant(due, 60, due) == due + timedelta(hours=1)
    assert next_instant(due, 60, due + timedelta(hours=7, minutes=5)) == due + timedelta(hours=8)


def test_the_version_live_in_the_environment_is_taken(schedule, engineer, version, monkeypatch):
    asked = []
    monkeypatch.setattr(live_versions, "_resolvers", [lambda *where: asked.append(where) or version])
    production = Environment.objects.get(slug="production")
    save_schedule(
        actor=engineer,
        name="nightly",
        prompt_id=version.prompt_id,
        suite_id=schedule.suite_id,
        provider_id=schedule.provider_id,
        environment=production,
        next_due_at=timezone.now(),
    )
    (run,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert (run.version, asked) == (version, [(version.prompt_id, "production")])


def test_a_schedule_without_a_version_says_so_and_goes_on(schedule, engineer, monkeypatch):
    monkeypatch.setattr(live_versions, "_resolvers", [lambda *where: None])
    Schedule.objects.filter(pk=schedule.pk).update(environment=Environment.objects.get(slug="production"))
    assert start_due_runs(actor=SCHEDULER, now=timezone.now()) == []
    schedule.refresh_from_db()
    assert schedule.last_problem == "Nothing is live in production."
    assert schedule.next_due_at > timezone.now()


@pytest.mark.parametrize(
    ("who", "error"), [("auditor", Refused), ("stranger", NotThere), ("leaver", NotThere)]
)
def test_who_may_not_start_runs_may_not_schedule_them(people, version, suite, recorded, who, error):
    with pytest.raises(error):
        save_schedule(
            actor=people.actor(who),
            name="mine",
            prompt_id=version.prompt_id,
            suite_id=suite.pk,
            provider_id=recorded.pk,
        )


def test_a_period_has_a_minimum(engineer, version, suite, recorded):
    with pytest.raises(Unacceptable):
        save_schedule(
            actor=engineer,
            name="often",
            prompt_id=version.prompt_id,
            suite_id=suite.pk,
            provider_id=recorded.pk,
            every_minutes=0,
        )
