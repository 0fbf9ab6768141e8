"""Schedules: due once, on their own grid, for the right version."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations import live_versions
from prompts.evaluations.models import Run, Schedule
from prompts.evaluations.services.missed_runs import GRACE, note_missed
from prompts.evaluations.services.schedules import save_schedule
from prompts.evaluations.services.start_due_runs import start_due_runs
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


def test_its_runs_have_its_judge(schedule, engineer, version, suite, recorded, served):
    told = {"prompt_id": version.prompt_id, "suite_id": suite.pk, "provider_id": recorded.pk}
    due = timezone.now() - timedelta(minutes=1)
    save_schedule(actor=engineer, name="judged", judge_id=served.pk, next_due_at=due, **told)
    runs = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert [run.judge.get("name") for run in runs] == [None, "served"]
    assert Event.objects.filter(event="evaluations.schedule.saved", subject="judged").exists()
    with pytest.raises(NotThere):
        save_schedule(actor=engineer, name="judged", judge_id=0, **told)


def test_two_schedulers_start_the_same_run(schedule):
    due = schedule.next_due_at
    (first,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    Schedule.objects.filter(pk=schedule.pk).update(next_due_at=due)
    (second,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert first.pk == second.pk


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


@pytest.fixture
def save(engineer, version, suite, recorded):
    """Saves the schedule ``watch`` with other settings."""

    def go(**settings):
        return save_schedule(
            actor=engineer,
            name="watch",
            prompt_id=version.prompt_id,
            suite_id=suite.pk,
            provider_id=recorded.pk,
            **settings,
        )

    return go


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": "daily", "every_days": 0}, "every_days"),
        ({"rhythm": "weekly"}, "weekdays"),
        ({"rhythm": "weekly", "weekdays": [7]}, "weekdays"),
        ({"rhythm": "released"}, "environment"),
        ({"rhythm": "daily", "time_zone": "Europe/Atlantis"}, "time_zone"),
    ],
)
def test_a_rhythm_that_makes_no_sense_is_refused_at_its_field(save, settings, field):
    with pytest.raises(Unacceptable) as caught:
        save(**settings)
    assert caught.value.field == field


def test_a_release_is_evaluated_once_and_so_is_going_back(save, factory, version, people, monkeypatch):
    production = Environment.objects.get(slug="production")
    live = [version]
    monkeypatch.setattr(live_versions, "_resolvers", [lambda *where: live[0]])
    save(rhythm="released", environment=production)
    assert start_due_runs(actor=SCHEDULER, now=timezone.now()) == []
    live[0] = newer = next_version(version, people)
    (run,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert (run.trigger, run.version, run.anew) == ("release", newer, True)
    assert start_due_runs(actor=SCHEDULER, now=timezone.now()) == []
    live[0] = version
    (back,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert (back.version, back.pk) != (newer, run.pk)
    live[0] = None
    assert start_due_runs(actor=SCHEDULER, now=timezone.now()) == []


def next_version(version, people):
    """Another frozen version of the same prompt."""
    from prompts.registry.services.drafts import create_draft
    from prompts.registry.services.freeze import freeze_version

    author = people.actor("author")
    draft = create_draft(actor=author, prompt_id=version.prompt_id)
    return freeze_version(actor=author, version_id=draft.pk)


def test_a_submitted_version_is_evaluated_once(save, version, people):
    save(rhythm="submitted")
    assert start_due_runs(actor=SCHEDULER, now=timezone.now()) == []
    newer = next_version(version, people)
    (run,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    assert (run.trigger, run.version) == ("schedule", newer)
    assert start_due_runs(actor=SCHEDULER, now=timezone.now()) == []


def test_a_run_that_did_not_start_is_told_once_whoever_looks(schedule):
    late = schedule.next_due_at + GRACE + timedelta(hours=2, seconds=1)
    assert note_missed(actor=SCHEDULER, now=schedule.next_due_at + GRACE) == []
    assert [one.name for one in note_missed(actor=SCHEDULER, now=late)] == ["nightly"]
    assert note_missed(actor=SCHEDULER, now=late) == []
    event = Event.objects.get(event="evaluations.schedule.missed")
    told = json.loads(event.payload)
    assert (event.subject, told["schedule"], told["missed"]) == ("bank/explain", "nightly", 3)
    schedule.refresh_from_db()
    assert schedule.missed_at == schedule.next_due_at
    assert "scheduler" in schedule.last_problem


def test_the_next_run_that_starts_takes_the_alarm_back(schedule):
    late = schedule.next_due_at + GRACE + timedelta(minutes=1)
    (run,) = start_due_runs(actor=SCHEDULER, now=late)
    schedule.refresh_from_db()
    assert (schedule.missed_at, schedule.last_problem, schedule.last_run) == (None, "", run)
    assert Event.objects.filter(event="evaluations.schedule.missed").count() == 1


def test_a_run_that_no_worker_takes_up_is_told(schedule):
    (run,) = start_due_runs(actor=SCHEDULER, now=timezone.now())
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - GRACE - timedelta(minutes=1))
    (found,) = note_missed(actor=SCHEDULER, now=timezone.now())
    assert note_missed(actor=SCHEDULER, now=timezone.now()) == []
    found.refresh_from_db()
    assert found.last_problem == f"No worker has taken up {run}: is one at work?"


def test_what_is_switched_off_or_waits_for_a_version_is_never_late(schedule, save):
    Schedule.objects.filter(pk=schedule.pk).update(is_active=False)
    save(rhythm="submitted")
    assert note_missed(actor=SCHEDULER, now=timezone.now() + timedelta(days=9)) == []


def test_the_web_itself_notices_and_says_so_to_whoever_may_know(schedule, client, people):
    Schedule.objects.update(next_due_at=timezone.now() - timedelta(hours=1))
    client.force_login(people.stranger)
    assert b"did not start" not in client.get("/admin/").content
    client.force_login(people.engineer)
    for page in ("/admin/", "/admin/evaluations/"):
        assert b"id not start" in client.get(page).content
    assert Event.objects.filter(event="evaluations.schedule.missed", actor__contains="portal").count() == 1


def test_watchers_and_the_maker_are_told(schedule, people):
    from audits.ledger.services.sequence_events import integrate
    from audits.notices.models import Notice
    from portal.services.tell_people import tell_people

    integrate()
    tell_people()
    note_missed(actor=SCHEDULER, now=timezone.now() + timedelta(days=1))
    integrate()
    tell_people()
    rows = Notice.objects.filter(user=people.engineer, words__contains="nightly")
    assert rows.count() == 1


def test_the_form_needs_no_cron_and_shows_the_next_runs(client, people, version, suite, recorded, served):
    client.force_login(people.engineer)
    form = {
        "name": "morning",
        "prompt": version.prompt_id,
        "suite": suite.pk,
        "provider": recorded.pk,
        "judge": served.pk,
        "rhythm": "weekly",
        "weekdays": ["0", "3"],
        "at": "07:30",
        "time_zone": "Europe/Vienna",
        "is_active": "on",
    }
    assert client.post("/admin/evaluations/schedule/add/", form).status_code == 302
    row = Schedule.objects.get(name="morning")
    assert (row.words, row.judge) == ("Monday and Thursday at 07:30 (Europe/Vienna)", served)
    address = f"/admin/evaluations/schedule/{row.pk}/change/"
    page = client.get(address).content.decode()
    assert page.count("07:30 CE") >= 3
    assert client.post(address, {**form, "rhythm": "daily", "every": "1.5"}).status_code == 200
    assert client.post(address, {**form, "rhythm": "interval", "every": "0.5"}).status_code == 302
    row.refresh_from_db()
    assert (row.every_minutes, row.words) == (30, "every 30 minutes")


def test_the_page_tells_what_is_still_to_come_in_the_schedules_own_zone(schedule, save, client, people):
    """Templates turn instants into the portal's zone, and one that was missed does not come any more."""
    save(rhythm="weekly", weekdays=[0], at=time(9, 30), time_zone="Asia/Tokyo")
    Schedule.objects.filter(name="watch").update(next_due_at=datetime(2026, 1, 5, 0, 30, tzinfo=UTC))
    row = Schedule.objects.get(name="watch")
    assert all(one > timezone.now() for one in row.next_runs)
    assert all("Mon" in told and told.endswith("09:30 JST") for told in row.next_told)
    client.force_login(people.engineer)
    page = client.get("/admin/evaluations/").content.decode()
    assert f"next {row.next_told[0]}, then {row.next_told[1]}" in page
    assert "Did not start when it was due, Mon 5 January, 09:30 JST" in page
