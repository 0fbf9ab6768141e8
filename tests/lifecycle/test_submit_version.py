"""Submitting: freeze, and ask for signatures."""

import json

import pytest

from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle.errors import AlreadyOpen, NotPossible
from prompts.lifecycle.services.requests import reject, submit_version, withdraw
from prompts.registry.errors import StaleDraft
from prompts.registry.models import Version


def submit(people, version, by="author", **fields):
    return submit_version(actor=people.actor(by), version_id=version.pk, why="Clearer words.", **fields)


def test_a_submitted_draft_is_frozen_and_waits_under_the_seats_of_its_tier(people, factory):
    version = factory.draft(risk_tier="high")
    request = submit(people, version)
    assert Version.objects.get(pk=version.pk).digest == request.text_digest != ""
    assert request.state == "open"
    assert [seat["role"] for seat in request.seats] == ["domain-expert", "ethics-officer"]


def test_the_ledger_hears_who_asked_and_under_which_policy(people, factory):
    version = factory.draft()
    submit(people, version)
    event = Event.objects.get(event="lifecycle.request.opened")
    assert event.subject == f"{version.prompt.name}@1"
    assert '"policy":"limited risk@1"' in event.payload


def test_the_ledger_hears_all_that_was_asked_of_the_signers(people, factory):
    request = submit(people, factory.draft(risk_tier="high"))
    payload = json.loads(Event.objects.get(event="lifecycle.request.opened").payload)
    assert {key: payload[key] for key in request.demands.as_dict()} == request.demands.as_dict()
    assert payload["is_recertification"] is False


def test_a_draft_that_was_saved_since_is_not_submitted(people, factory):
    version = factory.draft()
    with pytest.raises(StaleDraft):
        submit(people, version, seen_revision=version.revision + 1)
    assert not Version.objects.get(pk=version.pk).is_frozen


@pytest.mark.parametrize(
    ("who", "error"), [("expert", Refused), ("administrator", Refused), ("stranger", NotThere)]
)
def test_who_may_not_write_may_not_submit(people, factory, who, error):
    with pytest.raises(error):
        submit(people, factory.draft(), by=who)


def test_a_reason_is_asked_for(people, factory):
    with pytest.raises(Unacceptable, match="why"):
        submit_version(actor=people.actor("author"), version_id=factory.draft().pk, why="  ")


def test_one_version_waits_once(people, factory):
    version = factory.draft()
    submit(people, version)
    with pytest.raises(AlreadyOpen):
        submit(people, version)


def test_a_withdrawn_version_may_be_submitted_again_and_a_rejected_one_never(people, factory):
    version = factory.draft()
    withdraw(actor=people.actor("author"), request_id=submit(people, version).pk)
    again = submit(people, version)
    reject(actor=people.actor("steward"), request_id=again.pk, comment="It promises too much.")
    with pytest.raises(NotPossible):
        submit(people, version)


def test_the_ledger_keeps_everything_that_the_request_asks_for(people, factory):
    request = submit(people, factory.draft())
    payload = json.loads(Event.objects.get(event="lifecycle.request.opened").payload)
    assert {**payload, **request.demands.as_dict()} == payload
    assert payload["is_recertification"] is False
