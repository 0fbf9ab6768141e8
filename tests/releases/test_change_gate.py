"""Gates are changed by two people."""

import pytest

from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.models import User
from audits.ledger.models import Event
from prompts.evaluations.services.cases import save_case
from prompts.releases.errors import GateClosed
from prompts.releases.models import GateChange, GatePolicy, GateSuite, Release, ReleaseRequest
from prompts.releases.services.gate_changes import (
    confirm_gate_change,
    propose_gate,
    propose_gate_suite,
    propose_new_cases,
    propose_removal,
    refuse_gate_change,
)
from prompts.releases.services.gate_policies import set_gate, set_gate_suite
from tests.people import SHELL

STAGING = {"environment": "staging", "requires_approval": True}


def propose(people, who="administrator", **fields):
    return propose_gate(actor=people.actor(who), reason="Safer.", **{**STAGING, **fields})


@pytest.mark.requirement("nist-ai-rmf/govern-1-4")
def test_a_change_is_in_force_when_a_second_person_has_confirmed_it(people):
    change = propose(people)
    before = GatePolicy.objects.get(environment__slug="staging").requires_approval
    gate = confirm_gate_change(actor=people.actor("ethics_officer"), change_id=change.pk)
    assert (before, gate.requires_approval, gate.version) == (False, True, 2)
    event = Event.objects.filter(event="releases.gate.set", subject="staging").latest("pk")
    assert (event.actor, '"proposed_by":"admin"' in event.payload) == ("etta", True)
    assert Event.objects.get(event="releases.gate.proposed").actor == "admin"


@pytest.mark.parametrize("who", ["administrator", "author", "expert", "auditor", "service"])
def test_whoever_proposed_it_and_whoever_is_no_second_person_confirms_nothing(people, who):
    change = propose(people)
    with pytest.raises(Refused):
        confirm_gate_change(actor=people.actor(who), change_id=change.pk)


@pytest.mark.parametrize("who", ["author", "steward", "ethics_officer", "auditor", "service"])
def test_administrators_propose_what_a_whole_gate_asks(people, who):
    with pytest.raises(Refused):
        propose(people, who)


def test_a_refusal_leaves_the_gate_and_says_why(people):
    change = propose(people)
    refuse_gate_change(actor=people.actor("steward"), change_id=change.pk, reason="Too much.")
    assert GatePolicy.objects.get(environment__slug="staging").version == 1
    assert Event.objects.get(event="releases.gate.refused").reason == "Too much."


def test_whoever_proposed_it_takes_it_back(people):
    change = propose(people)
    refuse_gate_change(actor=people.actor("administrator"), change_id=change.pk, reason="A slip.")
    change.refresh_from_db()
    assert change.state == "refused"


def test_it_is_decided_once(people):
    change = propose(people)
    confirm_gate_change(actor=people.actor("steward"), change_id=change.pk)
    with pytest.raises(Conflict, match="Sten has confirmed it already"):
        confirm_gate_change(actor=people.actor("ethics_officer"), change_id=change.pk)


def test_a_gate_that_was_changed_in_between_is_judged_anew(people):
    change = propose(people)
    set_gate(actor=SHELL, environment="staging", requires_standard=True)
    with pytest.raises(Conflict, match="changed since"):
        confirm_gate_change(actor=people.actor("steward"), change_id=change.pk)


def test_what_somebody_proposed_who_has_left_is_not_confirmed(people):
    change = propose(people)
    User.objects.filter(username="admin").update(is_active=False)
    with pytest.raises(Conflict, match="no longer here"):
        confirm_gate_change(actor=people.actor("steward"), change_id=change.pk)


def test_two_open_changes_of_the_same_are_one_too_many(people):
    propose(people)
    with pytest.raises(Conflict, match="waits for a second person"):
        propose(people, requires_standard=True)


def test_nothing_new_is_no_change(people):
    with pytest.raises(Conflict, match="already"):
        propose(people, requires_approval=False, requires_runs=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"environment": "production", "requires_approval": False},
        {"emergency_hours": 4, "emergency_roles": ["steward"]},
        {"emergency_hours": 4, "emergency_roles": ["steward", "pope"]},
        {"emergency_hours": 1000, "emergency_roles": ["steward", "auditor"]},
        {"review_hours": 0},
        {"overdue_inherited": "explode"},
        {"shut_by_findings": "bad"},
        {"password": True},
    ],
)
def test_nonsense_is_refused(people, wrong):
    with pytest.raises(Unacceptable):
        propose(people, **wrong)


def test_a_new_gate_is_proposed_the_same_way(people):
    change = propose(people, risk_tier="minimal")
    gate = confirm_gate_change(actor=people.actor("steward"), change_id=change.pk)
    assert (gate.name, gate.version) == ("staging/minimal", 1)


@pytest.fixture
def bound(factory, gatehouse):
    """A prompt that must pass ``letters`` in production, with one good run."""
    version, suite = factory.approved(), gatehouse.suite()
    row = set_gate_suite(
        actor=SHELL, environment="production", suite=suite, prompt=version.prompt, least_pass_rate="0.9"
    )
    gatehouse.run(version, suite, passed=20)
    return version, suite, row


def new_case(people, suite, who="author"):
    save_case(actor=people.actor(who), suite_id=suite.pk, name="easy", assertions=[])


def test_new_cases_count_when_somebody_else_has_taken_them_in(people, gatehouse, bound):
    version, suite, row = bound
    new_case(people, suite)
    change = propose_new_cases(actor=people.actor("steward"), gate_suite_id=row.pk, reason="Harder.")
    confirm_gate_change(actor=people.actor("ethics_officer"), change_id=change.pk)
    gatehouse.run(version, suite, passed=20)
    assert gatehouse.release(version).state == "live"


def test_whoever_wrote_the_cases_takes_them_not_in(people, bound):
    _, suite, row = bound
    new_case(people, suite, "ethics_officer")
    change = propose_new_cases(actor=people.actor("steward"), gate_suite_id=row.pk, reason="Harder.")
    with pytest.raises(Refused, match="wrote cases"):
        confirm_gate_change(actor=people.actor("ethics_officer"), change_id=change.pk)


def test_cases_that_were_changed_after_the_proposal_are_not_taken_in(people, bound):
    _, suite, row = bound
    new_case(people, suite)
    change = propose_new_cases(actor=people.actor("steward"), gate_suite_id=row.pk, reason="Harder.")
    save_case(actor=people.actor("author"), suite_id=suite.pk, name="polite", assertions=[])
    with pytest.raises(Conflict, match="cases were changed"):
        confirm_gate_change(actor=people.actor("ethics_officer"), change_id=change.pk)


def test_lowering_and_removing_take_two(people, bound):
    version, suite, row = bound
    told = {"environment": "production", "suite": suite, "prompt": version.prompt, "least_pass_rate": "0.5"}
    lower = propose_gate_suite(actor=people.actor("steward"), reason="Too hard.", **told)
    confirm_gate_change(actor=people.actor("administrator"), change_id=lower.pk)
    assert str(GateSuite.objects.get().least_pass_rate) == "0.5000"
    gone = propose_removal(actor=people.actor("administrator"), gate_suite_id=row.pk, reason="Not needed.")
    confirm_gate_change(actor=people.actor("steward"), change_id=gone.pk)
    assert not GateSuite.objects.exists()


def test_loosening_helps_no_request_that_was_stopped_before(people, factory, gatehouse, bound):
    version, suite, _ = bound
    gatehouse.run(version, suite, passed=10)
    with pytest.raises(GateClosed):
        gatehouse.release(version)
    told = {"environment": "production", "suite": suite, "prompt": version.prompt, "least_pass_rate": "0.5"}
    lower = propose_gate_suite(actor=people.actor("steward"), reason="Too hard.", **told)
    confirm_gate_change(actor=people.actor("administrator"), change_id=lower.pk)
    stopped = ReleaseRequest.objects.get()
    assert (stopped.state, Release.objects.exists()) == ("stopped", False)
    assert gatehouse.release(version).verdict["policy"]["version"] > stopped.verdict["policy"]["version"]


def test_a_change_that_nobody_decided_is_open(people):
    propose(people)
    assert GateChange.objects.get().state == "open"


@pytest.fixture
def for_a_prompt(people, factory, gatehouse):
    """A proposed demand on one prompt of the bank."""
    return propose_gate_suite(
        actor=people.actor("steward"),
        environment="production",
        suite=gatehouse.suite(),
        prompt=factory.draft().prompt,
        least_pass_rate="0.9",
        reason="New.",
    )


@pytest.mark.parametrize("act", [confirm_gate_change, refuse_gate_change])
def test_who_may_not_see_the_prompt_decides_nothing_about_it(people, for_a_prompt, act):
    more = {} if act is confirm_gate_change else {"reason": "No."}
    with pytest.raises(Refused, match="may not see"):
        act(actor=people.actor("stranger"), change_id=for_a_prompt.pk, **more)


def test_what_somebody_proposed_who_may_no_longer_is_not_confirmed(people, for_a_prompt):
    people.team.group.user_set.remove(people.steward)
    with pytest.raises(Conflict, match="no longer"):
        confirm_gate_change(actor=people.actor("ethics_officer"), change_id=for_a_prompt.pk)
