"""Moments, emergencies, sunsets, inherited texts and comparisons in the browser's eyes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from prompts.releases.models import Adoption, Emergency, Release, Retirement, ScheduledRelease
from prompts.releases.services.attempt import attempt_release
from prompts.releases.services.gate_policies import set_gate
from tests.people import SHELL
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def schedule(desk, version, who="steward", **more):
    sent = {"version": version.number, "environment": "production", "act": "schedule", "reason": "Night."}
    sent |= {"due_at": f"{timezone.now() + timedelta(days=2):%Y-%m-%d}T12:00", "zone": "Asia/Tokyo", **more}
    return desk.post(who, "release", version.prompt_id, **sent)


def test_a_release_is_scheduled_in_a_zone_shown_and_called_off(desk, factory):
    version = factory.approved()
    schedule(desk, version)
    row = ScheduledRelease.objects.get()
    assert (row.due_at.hour, row.zone) == (3, "Asia/Tokyo")
    assert "12:00 in Asia/Tokyo" in desk.text("steward", "releases")
    desk.post("author", "schedule-cancel", row.pk, reason="Not yet.")
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("cancelled", "Not yet.")


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_at": "2027-03-28T02:30", "zone": "Europe/Berlin"},
        {"due_at": "soon"},
        {"due_at": "2027-03-28T02:30+01:00"},
        {"zone": "Moon/Tranquility"},
    ],
)
def test_a_moment_that_is_none_is_told_with_what_was_typed(desk, factory, wrong):
    answer = schedule(desk, factory.approved(), **wrong)
    assert (answer.status_code, ScheduledRelease.objects.exists()) == (400, False)
    assert next(iter(wrong.values())) in answer.content.decode().replace("&#x2B;", "+")


def test_a_page_that_showed_another_version_is_refused_with_what_happened(desk, factory):
    first = factory.released()
    second = factory.approved(factory.next_draft(first.prompt, text="Other."))
    sent = {"version": 2, "environment": "production", "reason": "Now.", "seen_live": 0}
    answer = desk.post("steward", "release", first.prompt_id, **sent)
    assert (answer.status_code, "Version 1, released by sten, is live" in answer.content.decode()) == (
        409,
        True,
    )
    assert not Release.objects.filter(version=second).exists()


def test_rolling_back_is_two_presses_away_from_the_prompts_page(desk, factory):
    first = factory.released()
    factory.released(factory.next_draft(first.prompt, text="Other."))
    page = desk.text("steward", "prompt", first.prompt_id)
    assert "environment=production&amp;back=1#back" in page


def test_a_version_is_promoted_from_the_prompts_page(desk, factory):
    version = factory.released(environment="staging")
    assert 'value="promote"' in desk.text("steward", "prompt", version.prompt_id)
    sent = {"version": 1, "environment": "staging", "act": "promote", "reason": "It held."}
    desk.post("steward", "release", version.prompt_id, **sent)
    assert Release.objects.filter(environment__slug="production", state="live").exists()


def test_a_promotion_that_the_gate_stops_shows_that_gate(desk, factory, people):
    version = factory.submitted().version
    attempt_release(
        actor=people.actor("steward"), version_id=version.pk, environment="staging", reason="Try."
    )
    sent = {"version": 1, "environment": "staging", "act": "promote", "reason": "It held."}
    answer = desk.post("steward", "release", version.prompt_id, **sent)
    assert (answer.status_code, answer.context["place"].slug) == (409, "production")


def test_two_releases_are_compared(desk, factory):
    first = factory.released()
    factory.released(factory.next_draft(first.prompt, text="Say it kindly."))
    keys = list(Release.objects.order_by("pk").values_list("pk", flat=True))
    answer = desk.get("auditor", "release-history", first.prompt_id, a=keys[1], b=keys[0])
    assert [side.release.pk for side in answer.context["sides"]] == keys
    assert [len(side.signs) for side in answer.context["sides"]] == [1, 1]
    assert answer.context["lines"] > 0


def test_releases_of_another_prompt_are_not_compared(desk, factory):
    first, other = factory.released(), factory.released()
    key = Release.objects.get(version=other).pk
    answer = desk.get("auditor", "release-history", first.prompt_id, a=key, b=key)
    assert "sides" not in answer.context


@pytest.fixture
def glass(people):
    """Production lets a steward and an ethics officer through together."""
    set_gate(
        actor=SHELL,
        environment="production",
        emergency_roles=["ethics-officer", "steward"],
        emergency_hours=8,
    )


def test_the_glass_is_broken_shown_in_red_and_looked_at(desk, factory, glass):
    version = factory.submitted().version
    asked = {"version": 1, "environment": "production", "hours": 2, "reason": "It burns."}
    assert "break-glass" in desk.text("steward", "release", version.prompt_id, **asked)
    desk.post("steward", "emergency-new", version.prompt_id, **asked)
    row = Emergency.objects.get()
    desk.post("ethics_officer", "emergency", row.pk, act="confirm")
    assert "The glass is broken" in desk.text("author", "prompt", version.prompt_id)
    assert "Emergency release:" in desk.text("expert", "index")
    desk.post("expert", "emergency", row.pk, act="review", outcome="justified", reason="It was needed.")
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("active", "justified")


@pytest.mark.parametrize("who", ["author", "expert", "administrator"])
def test_others_do_not_break_it(desk, factory, glass, who):
    version = factory.submitted().version
    sent = {"version": 1, "environment": "production", "hours": 2, "reason": "It burns."}
    assert desk.post(who, "emergency-new", version.prompt_id, **sent).status_code == 403
    assert not Emergency.objects.exists()


def test_a_prompt_retires_on_a_day_and_is_kept_after_all(desk, factory):
    prompt = factory.released().prompt
    day = f"{timezone.now() + timedelta(days=5):%Y-%m-%d}T09:00"
    desk.post("steward", "freeze", prompt.pk, act="retire", reason="Old.", sunset_at=day, zone="UTC")
    assert "Who still fetches it" in desk.text("author", "prompt", prompt.pk)
    desk.post("steward", "freeze", prompt.pk, act="keep", reason="Needed.")
    assert not Retirement.objects.exists()


def test_running_texts_are_taken_on_and_burn_down(desk, factory):
    version = factory.draft()
    day = f"{timezone.now() + timedelta(days=30):%Y-%m-%d}"
    sent = {"collection": "bank", "environment": "production", "prompt": version.prompt_id}
    desk.post("steward", "adopt", **sent, recertify_by=day, reason="They run.")
    row = Adoption.objects.get()
    desk.post("ethics_officer", "second-person", kind="adoption", row=row.pk, act="confirm")
    page = desk.get("steward", "inherited")
    assert [release.version_id for release in page.context["rows"]] == [version.pk]
    assert page.context["weeks"][-1].count == 1
    assert "Inherited" in desk.text("author", "prompt", version.prompt_id)


def test_a_date_too_far_away_is_told_and_nothing_is_frozen(desk, factory):
    version = factory.draft()
    sent = {"collection": "bank", "environment": "production", "prompt": version.prompt_id}
    answer = desk.post("steward", "adopt", **sent, recertify_by="2099-01-01", reason="They run.")
    version.refresh_from_db()
    assert (answer.status_code, version.is_frozen) == (400, False)


def test_a_stranger_sees_nothing_of_it(desk, factory, glass):
    version = factory.submitted().version
    sent = {"version": 1, "environment": "production", "hours": 2, "reason": "It burns."}
    desk.post("steward", "emergency-new", version.prompt_id, **sent)
    assert desk.get("stranger", "emergency", Emergency.objects.get().pk).status_code == 404
    assert version.prompt.name not in desk.text("stranger", "second-person")
