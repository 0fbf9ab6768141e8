"""Who may see a prompt, asked from the other side, is what every person's own list says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import User
from prompts.registry.models import Prompt
from prompts.registry.services.grants import grant_right
from prompts.registry.watching import watchers_of_all, who_sees
from tests.people import SHELL

pytestmark = pytest.mark.django_db


def by_lists(prompts):
    return {
        prompt.pk: {
            user.pk
            for user in User.objects.all()
            if user.is_let_in
            and Prompt.objects.visible_to(Actor.for_user(user)).filter(pk=prompt.pk).exists()
        }
        for prompt in prompts
    }


@pytest.fixture
def prompts(people, factory):
    """One in the team's collection, one in another."""
    stranger = people.actor("stranger")
    return [factory.draft("bank/one").prompt, factory.draft("elsewhere/two", by=stranger).prompt]


def test_team_and_role_decide(people, prompts):
    assert who_sees(prompts) == by_lists(prompts)


def test_a_grant_on_one_prompt_counts_for_that_one(people, prompts):
    grant_right(actor=SHELL, on=prompts[0], user_or_group=people.stranger, right="view")
    assert who_sees(prompts) == by_lists(prompts)
    assert people.stranger.pk in who_sees(prompts)[prompts[0].pk]


def test_whose_access_has_ended_sees_nothing(people, prompts):
    for user in (people.auditor, people.expert):
        user.access_ends_at = timezone.now() - timedelta(seconds=1)
        user.save()
    assert who_sees(prompts) == by_lists(prompts)


def test_many_cost_as_much_as_one(people, prompts):
    with CaptureQueriesContext(connection) as one:
        watchers_of_all(prompts[:1])
    with CaptureQueriesContext(connection) as all_of_them:
        watchers_of_all(prompts)
    assert len(one) == len(all_of_them)
