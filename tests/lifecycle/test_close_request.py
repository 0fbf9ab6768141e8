"""Closing a request without an approval: changes, rejection, withdrawal."""

import pytest

from audits.identity.errors import GovernedError, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle import transitions
from prompts.lifecycle.errors import NotPossible
from prompts.lifecycle.selectors import approval_of
from prompts.lifecycle.services.requests import reject, request_changes, submit_version, withdraw
from tests.lifecycle.conftest import EVIDENCE

VERBS = {"request_changes": request_changes, "reject": reject, "withdraw": withdraw}
EVENTS = {"request_changes": "returned", "reject": "rejected", "withdraw": "withdrawn"}
JUDGES = {"expert", "ethics_officer"}
WITHDRAWERS = {"author", "engineer", "steward"}
EVERYBODY = (
    *("author", "engineer", "steward", "expert", "ethics_officer", "documentarian"),
    *("auditor", "administrator", "stranger", "leaver", "service"),
)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("act", VERBS)
def test_judges_send_back_and_writers_withdraw(people, factory, act, who):
    request = factory.submitted(risk_tier="high")
    allowed = WITHDRAWERS if act == "withdraw" else JUDGES
    if who not in allowed:
        with pytest.raises(GovernedError):
            VERBS[act](actor=people.actor(who), request_id=request.pk, comment="Because.")
        request.refresh_from_db()
        assert request.state == "open"
    else:
        closed = VERBS[act](actor=people.actor(who), request_id=request.pk, comment="Because.")
        assert closed.state == transitions.step("open", act).target
        assert Event.objects.get(event=f"lifecycle.request.{EVENTS[act]}").reason == "Because."


@pytest.mark.parametrize("second", VERBS)
@pytest.mark.parametrize("first", VERBS)
def test_a_closed_request_stays_as_it_was_closed(people, factory, first, second):
    request = factory.submitted(risk_tier="high")
    who = {"withdraw": "author"}
    VERBS[first](actor=people.actor(who.get(first, "expert")), request_id=request.pk, comment="Because.")
    with pytest.raises(NotPossible):
        VERBS[second](actor=people.actor(who.get(second, "expert")), request_id=request.pk, comment="No.")


@pytest.mark.parametrize("act", ["request_changes", "reject"])
def test_sending_back_needs_a_comment(people, factory, act):
    request = factory.submitted(risk_tier="high")
    with pytest.raises(Unacceptable):
        VERBS[act](actor=people.actor("expert"), request_id=request.pk, comment=" ")


def test_signatures_of_a_request_that_was_sent_back_count_no_more(people, factory, desk):
    request = factory.submitted(risk_tier="high")
    desk.sign(request, "expert", "domain-expert")
    request_changes(actor=people.actor("ethics_officer"), request_id=request.pk, comment="Soften it.")
    version = request.version
    again = submit_version(actor=people.actor("author"), version_id=version.pk, why="The documents changed.")
    desk.sign(again, "ethics_officer", "ethics-officer", evidence_digest_seen=EVIDENCE.digest)
    assert approval_of(version) is None


def test_an_author_with_a_judges_role_does_not_judge_his_own_text(people, factory):
    request = factory.submitted(factory.draft(by=people.actor("steward")))
    with pytest.raises(Refused, match="You wrote"):
        reject(actor=people.actor("steward"), request_id=request.pk, comment="Away with it.")


@pytest.mark.parametrize("state", transitions.STATES)
@pytest.mark.parametrize("act", transitions.VERBS)
def test_the_table_leads_only_out_of_open(act, state):
    if state == "open":
        assert transitions.step(state, act).source == "open"
    else:
        with pytest.raises(NotPossible):
            transitions.step(state, act)
