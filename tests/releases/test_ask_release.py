"""Asking for a release that somebody else makes."""

import pytest

from audits.identity.errors import Conflict, GovernedError
from audits.ledger.models import Event
from prompts.releases.models import ReleaseRequest
from prompts.releases.services.ask import ask_release, withdraw_release_request


def ask(people, version, by="author"):
    return ask_release(
        actor=people.actor(by), version_id=version.pk, environment="production", reason="For the launch."
    )


def test_a_question_keeps_the_verdict_of_its_moment(people, factory):
    asked = ask(people, factory.draft())
    assert (asked.state, asked.verdict["open"]) == ("open", False)
    assert Event.objects.get(event="releases.request.opened").actor == "ada"


def test_asked_again_it_is_the_same_question_with_a_new_verdict(people, factory):
    draft = factory.draft()
    first = ask(people, draft)
    version = factory.approved(draft)
    assert ask(people, version) == first
    assert ReleaseRequest.objects.get().verdict["open"]


def test_a_release_answers_it(people, factory, gatehouse):
    version = factory.approved()
    asked = ask(people, version)
    release = gatehouse.release(version)
    asked.refresh_from_db()
    assert (asked.state, asked.release) == ("released", release)


def test_it_can_be_taken_back_once(people, factory):
    asked = ask(people, factory.draft())
    withdraw_release_request(actor=people.actor("author"), request_id=asked.pk)
    assert Event.objects.filter(event="releases.request.withdrawn").count() == 1
    with pytest.raises(Conflict):
        withdraw_release_request(actor=people.actor("author"), request_id=asked.pk)


@pytest.mark.parametrize("who", ["expert", "auditor", "administrator", "stranger", "service"])
def test_readers_and_strangers_ask_for_nothing(people, factory, who):
    with pytest.raises(GovernedError):
        ask(people, factory.draft(), by=who)
