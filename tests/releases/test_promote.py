"""Promoting, and pages that are no longer true."""

import pytest

from audits.identity.errors import Conflict
from prompts.releases.errors import AlreadyLive, GateClosed
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.services.attempt import attempt_promotion, attempt_release, attempt_roll_back


def promote(people, version, environment="staging", seen=1):
    return attempt_promotion(
        actor=people.actor("steward"),
        prompt_id=version.prompt_id,
        environment=environment,
        seen_version=seen,
        reason="It held.",
    )


def test_what_is_live_goes_one_environment_higher(people, factory):
    version = factory.released(environment="staging")
    assert promote(people, version).environment.slug == "production"


def test_it_passes_the_same_gate(people, factory, gatehouse):
    version = factory.submitted().version
    gatehouse.release(version, to="staging")
    with pytest.raises(GateClosed):
        promote(people, version)
    assert ReleaseRequest.objects.filter(state="stopped").count() == 1


def test_a_page_that_showed_another_version_is_refused(people, factory):
    version = factory.released(environment="staging")
    with pytest.raises(Conflict, match="Version 1, released by sten, is live in staging, not version 2"):
        promote(people, version, seen=2)


def test_nothing_stands_above_the_highest_environment(people, factory):
    with pytest.raises(Conflict, match="highest"):
        promote(people, factory.released(), environment="production")


def test_the_same_twice_is_refused(people, factory):
    version = factory.released(environment="staging")
    promote(people, version)
    with pytest.raises(AlreadyLive):
        promote(people, version)


def test_a_release_and_a_roll_back_over_something_new_are_refused_with_what_happened(people, factory):
    first = factory.released()
    seen = Release.objects.get().pk
    second = factory.released(factory.next_draft(first.prompt, text="Other."))
    third = factory.approved(factory.next_draft(first.prompt, text="Third."))
    told = {
        "actor": people.actor("engineer"),
        "environment": "production",
        "reason": "Now.",
        "seen_live": seen,
    }
    with pytest.raises(Conflict, match="Version 2, released by sten, is live"):
        attempt_release(version_id=third.pk, **told)
    with pytest.raises(Conflict, match="Version 2"):
        attempt_roll_back(prompt_id=first.prompt_id, to_version=1, **told)
    assert Release.objects.get(state="live").version == second
