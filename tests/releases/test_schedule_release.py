"""Releases at a moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.services.keys import create_key
from audits.ledger.models import Event
from prompts.releases.models import Release, ReleaseRequest, ScheduledRelease
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.schedule import cancel_schedule, carry_out, schedule_release
from prompts.releases.services.sweep import sweep_releases
from tests.people import SHELL, Actor

SOON = timedelta(hours=1)


def schedule(people, version, who="steward", **fields):
    told = {"environment": "production", "due_at": timezone.now() + SOON, "reason": "At night.", **fields}
    return schedule_release(actor=people.actor(who), version_id=version.pk, **told)


def later():
    """A moment after everything that ``schedule`` leaves."""
    return timezone.now() + 2 * SOON


def test_at_its_moment_the_release_is_made_in_the_name_of_whoever_scheduled_it(people, factory):
    version = factory.approved()
    row = schedule(people, version)
    assert (sweep_releases(now=timezone.now()), Release.objects.exists()) == (0, False)
    sweep_releases(now=later())
    row.refresh_from_db()
    assert (row.state, row.release.state, row.release.released_by_name) == ("released", "live", "sten")
    made = Event.objects.get(event="releases.release.made")
    assert (made.actor, f'"schedule":{row.pk}' in made.payload) == ("sten", True)
    assert Event.objects.get(event="releases.schedule.made").reason == "At night."


def test_it_happens_once_however_often_the_sweep_runs(people, factory):
    row = schedule(people, factory.approved())
    for _ in range(3):
        sweep_releases(now=later())
    assert carry_out(row.pk, later()) is None
    assert (Release.objects.count(), Event.objects.filter(event="releases.release.made").count()) == (1, 1)


def test_a_gate_that_shut_meanwhile_lets_nothing_happen_and_says_so(people, factory):
    version = factory.approved()
    row = schedule(people, version)
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    sweep_releases(now=later())
    row.refresh_from_db()
    assert (row.state, Release.objects.exists()) == ("stopped", False)
    assert "frozen" in row.outcome
    assert ReleaseRequest.objects.get().state == "stopped"
    told = Event.objects.get(event="releases.schedule.stopped")
    assert (told.actor, "frozen" in told.reason) == ("scheduler", True)
    sweep_releases(now=later())
    assert Event.objects.filter(event="releases.schedule.stopped").count() == 1


def test_whoever_may_no_longer_release_releases_nothing(people, factory):
    row = schedule(people, factory.approved())
    people.steward.groups.clear()
    sweep_releases(now=later())
    row.refresh_from_db()
    assert (row.state, Release.objects.exists()) == ("stopped", False)


def test_a_version_whose_gate_is_shut_now_may_be_scheduled(people, factory):
    assert schedule(people, factory.submitted().version).state == "waiting"


def test_it_is_called_off(people, factory):
    row = schedule(people, factory.approved())
    cancel_schedule(actor=people.actor("engineer"), schedule_id=row.pk, reason="Not yet.")
    sweep_releases(now=later())
    assert not Release.objects.exists()
    assert Event.objects.get(event="releases.schedule.cancelled").reason == "Not yet."
    with pytest.raises(Conflict, match="no longer waiting"):
        cancel_schedule(actor=people.actor("steward"), schedule_id=row.pk, reason="Again.")


@pytest.mark.parametrize(
    ("who", "error"), [("auditor", Refused), ("expert", Refused), ("stranger", NotThere)]
)
def test_others_neither_schedule_nor_call_off(people, factory, who, error):
    version = factory.approved()
    row = schedule(people, version)
    with pytest.raises(error):
        schedule(people, version, who, environment="staging")
    with pytest.raises(error):
        cancel_schedule(actor=people.actor(who), schedule_id=row.pk, reason="No.")


def test_a_key_schedules_nothing(people, factory):
    version = factory.approved()
    pair = create_key(
        actor=SHELL, name="ci", collections=["bank"], environments=["production"], verbs=["release"]
    )
    with pytest.raises(Refused, match="by a person"):
        schedule_release(
            actor=Actor.for_account(pair.account),
            version_id=version.pk,
            environment="production",
            due_at=later(),
            reason="From CI.",
        )


@pytest.mark.parametrize("due", [-SOON, timedelta(0), timedelta(days=400)])
def test_a_moment_lies_ahead_and_not_too_far(people, factory, due):
    with pytest.raises(Unacceptable):
        schedule(people, factory.approved(), due_at=timezone.now() + due)


def test_a_draft_and_a_second_time_are_refused(people, factory):
    version = factory.approved()
    schedule(people, version)
    with pytest.raises(Conflict, match="already"):
        schedule(people, version)
    with pytest.raises(Conflict, match="draft"):
        schedule(people, factory.draft())


def test_one_that_fails_holds_no_other_up(people, factory):
    first, second = factory.submitted().version, factory.approved()
    schedule(people, first)
    schedule(people, second)
    sweep_releases(now=later())
    assert set(ScheduledRelease.objects.values_list("version", "state")) == {
        (first.pk, "stopped"),
        (second.pk, "released"),
    }
