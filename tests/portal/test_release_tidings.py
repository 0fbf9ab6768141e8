"""Who is told of gates, moments, emergencies and inherited texts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.notices.models import Notice
from prompts.releases.services.adoption import propose_adoption
from prompts.releases.services.emergency import ask_emergency, confirm_emergency
from prompts.releases.services.gate_changes import propose_gate
from prompts.releases.services.gate_policies import set_gate
from prompts.releases.services.schedule import schedule_release
from prompts.releases.services.sweep import sweep_releases
from tests.people import SHELL
from tests.portal.telling import tell

LATER = timedelta(days=1)


@pytest.fixture(autouse=True)
def _from_now_on(people):
    """What set the stage is told before."""
    tell()
    Notice.objects.all().delete()


def told(words):
    """User names of those whose notice holds these words."""
    tell()
    return set(Notice.objects.filter(words__contains=words).values_list("user__username", flat=True))


def test_second_people_hear_of_a_change_of_a_gate(people):
    propose_gate(
        actor=people.actor("administrator"), environment="staging", requires_approval=True, reason="Safer."
    )
    assert told("change of the gate staging waits") == {"etta", "sten", "stranger"}


def test_the_other_role_hears_of_an_emergency_and_then_a_third_person(people, factory):
    set_gate(
        actor=SHELL,
        environment="production",
        emergency_roles=["ethics-officer", "steward"],
        emergency_hours=8,
    )
    version = factory.submitted().version
    row = ask_emergency(
        actor=people.actor("steward"),
        version_id=version.pk,
        environment="production",
        reason="It burns.",
        hours=1,
    )
    assert told("waits for you to confirm it") == {"etta"}
    confirm_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk)
    assert told("a third person must look at it") == {"dora"}


def test_whoever_scheduled_it_hears_that_it_did_not_happen(people, factory):
    schedule_release(
        actor=people.actor("steward"),
        version_id=factory.submitted().version.pk,
        environment="production",
        due_at=timezone.now() + LATER,
        reason="At night.",
    )
    sweep_releases(now=timezone.now() + 2 * LATER)
    assert told("that you scheduled did not happen") == {"sten"}


def test_second_people_hear_of_running_texts(people, factory):
    propose_adoption(
        actor=people.actor("steward"),
        prompt_ids=[factory.draft().prompt_id],
        environment="production",
        reason="They run.",
        recertify_by=timezone.now() + 30 * LATER,
    )
    assert told("Running texts wait to be taken on to production") == {"etta"}
