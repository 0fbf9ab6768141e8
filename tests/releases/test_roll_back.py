"""Going back to an earlier version: a new row, through the same gate."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused
from audits.ledger.models import Event
from prompts.lifecycle.services.requests import reject, submit_version
from prompts.releases.errors import GateClosed
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.services.attempt import attempt_roll_back


@pytest.fixture
def moved(factory, gatehouse):
    """A prompt whose version 2 replaced version 1."""
    first = factory.approved()
    gatehouse.release(first)
    gatehouse.release(factory.approved(factory.next_draft(first.prompt, text="Other {{words}}.")))
    return first


def back(people, version, to=1, by="steward", environment="production"):
    return attempt_roll_back(
        actor=people.actor(by),
        prompt_id=version.prompt_id,
        environment=environment,
        to_version=to,
        reason="It was better.",
    )


@pytest.mark.requirement("nist-ai-rmf/manage-2-4")
def test_a_roll_back_is_a_new_row_and_an_event_of_its_own(people, moved):
    row = back(people, moved)
    assert (row.version.number, row.replaced.number, row.is_rollback) == (1, 2, True)
    assert Release.objects.filter(prompt=moved.prompt).count() == 3
    assert Event.objects.get(event="releases.release.rolled_back").reason == "It was better."


def test_it_goes_through_the_same_gate(people, moved):
    again = submit_version(actor=people.actor("author"), version_id=moved.pk, why="Recertify.")
    reject(actor=people.actor("ethics_officer"), request_id=again.pk, comment="It does harm.")
    with pytest.raises(GateClosed):
        back(people, moved)
    assert ReleaseRequest.objects.filter(state="stopped").count() == 1


def test_only_to_what_was_live_there(people, moved):
    with pytest.raises(Conflict, match="never live"):
        back(people, moved, environment="staging")
    with pytest.raises(NotThere):
        back(people, moved, to=9)


def test_whoever_may_not_release_may_not_roll_back(people, moved):
    with pytest.raises(Refused):
        back(people, moved, by="expert")
