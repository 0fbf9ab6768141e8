"""A newer version puts the request of an older one aside."""

import json

import pytest

from audits.ledger.models import Event
from prompts.lifecycle.errors import NotPossible
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors import approval_of
from prompts.lifecycle.services.requests import submit_version


@pytest.fixture
def older(factory, desk):
    """A request of a high-risk prompt with one of its two signatures."""
    request = factory.submitted(risk_tier="high")
    desk.sign(request, "expert", "domain-expert")
    return request


@pytest.fixture
def newer(factory, older):
    """The request of the next version."""
    return factory.submitted(factory.next_draft(older.prompt, text="Another text."))


def test_the_older_request_is_closed_and_names_the_newer(older, newer):
    older.refresh_from_db()
    assert (older.state, older.superseded_by, older.closed_by_name) == ("superseded", newer, "ada")
    assert older.closing_comment == "Version 2 was submitted."


def test_the_ledger_tells_which_signatures_were_dismissed(older, newer):
    event = Event.objects.get(event="lifecycle.request.superseded")
    payload = json.loads(event.payload)
    assert event.subject == f"{older.prompt.name}@1"
    assert payload["dismissed"] == [older.sign_offs.get().pk]


def test_nobody_signs_the_older_request_any_more(older, newer, desk):
    with pytest.raises(NotPossible, match="superseded"):
        desk.sign(older, "ethics_officer", "ethics-officer")
    assert approval_of(older.version) is None


def test_signatures_do_not_move_to_the_newer_request(older, newer, desk):
    desk.sign(newer, "ethics_officer", "ethics-officer")
    assert approval_of(newer.version) is None


def test_the_renewal_of_an_approved_version_is_not_put_aside(people, factory):
    version = factory.approved()
    again = submit_version(actor=people.actor("author"), version_id=version.pk, why="It ends soon.")
    factory.submitted(factory.next_draft(version.prompt, text="Another text."))
    assert ApprovalRequest.objects.get(pk=again.pk).state == "open"


def test_requests_of_other_prompts_stay(factory, older):
    other = factory.submitted()
    assert ApprovalRequest.objects.filter(pk__in=[older.pk, other.pk], state="open").count() == 2
