"""The page of a gate, and the one on which second people decide."""

import pytest

from audits.identity.models import User
from audits.identity.roles import CONFIRMERS
from audits.ledger.models import Event
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suites import create_suite
from prompts.releases.models import GateChange, GatePolicy, GateSuite
from prompts.releases.services.gate_policies import set_gate_suite
from tests.people import SHELL
from tests.portal.opening import Desk

FORM = {"act": "gate", "requires_approval": "on", "reason": "Safer.", "review_hours": "72"}


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def gate(people) -> GatePolicy:
    """The gate of staging."""
    return GatePolicy.objects.get(environment__slug="staging")


def decide(desk, who, change, act="confirm", **more):
    return desk.post(who, "second-person", kind="gate", row=change.pk, act=act, **more)


def test_a_change_is_proposed_shown_with_its_difference_and_confirmed(desk, gate):
    desk.post("administrator", "gate", gate.pk, **FORM)
    change = GateChange.objects.get()
    page = desk.text("steward", "second-person")
    assert "<del>No approval.</del>" in page
    assert "<ins>A valid approval of the very text.</ins>" in page
    decide(desk, "steward", change)
    gate.refresh_from_db()
    assert (gate.requires_approval, gate.requires_runs) == (True, False)


def test_whoever_proposed_it_gets_no_button_and_is_refused(desk, gate):
    desk.post("administrator", "gate", gate.pk, **FORM)
    assert desk.get("administrator", "second-person").context["changes"][0].why_not
    assert decide(desk, "administrator", GateChange.objects.get()).status_code == 403


def test_a_fault_is_shown_beside_the_form(desk, gate):
    answer = desk.post("administrator", "gate", gate.pk, **{**FORM, "emergency_hours": "x"})
    assert (answer.status_code, "whole number" in answer.content.decode()) == (400, True)


def test_what_was_typed_stays_beside_a_fault(desk, gate):
    typed = {**FORM, "requires_runs": "on", "emergency_hours": "x"}
    shown = desk.post("administrator", "gate", gate.pk, **typed).content.decode()
    assert '<details class="gap" open><summary>Propose a change' in shown
    assert 'name="requires_runs" checked' in shown
    told = {**typed, "environment": "production", "risk_tier": "high"}
    shown = desk.post("administrator", "gate-new", **told).content.decode()
    assert '<option value="production" selected>' in shown
    assert '<option value="high" selected>' in shown
    assert 'name="requires_runs" checked' in shown
    assert ">Safer.</textarea>" in shown


@pytest.mark.parametrize("who", ["author", "expert"])
def test_others_read_no_gate(desk, gate, who):
    assert desk.get(who, "gate", gate.pk).status_code == 403


@pytest.mark.parametrize("who", ["auditor", "ethics_officer", "steward"])
def test_who_reads_gates_proposes_nothing_of_the_whole(desk, gate, who):
    answer = desk.post(who, "gate", gate.pk, **FORM)
    assert (answer.status_code, GateChange.objects.exists()) == (403, False)


@pytest.fixture
def suite(bank):
    """A suite with one case."""
    made = create_suite(actor=SHELL, name="polite", collection=bank)
    save_case(actor=SHELL, suite_id=made.pk, name="one", assertions=[])
    return made


def test_a_suite_is_proposed_in_percent(desk, gate, suite, factory):
    name = factory.draft().prompt.name
    sent = {"act": "suite", "suite": "polite", "prompt": name, "least_pass_rate": "92,5", "reason": "New."}
    desk.post("steward", "gate", gate.pk, **sent)
    decide(desk, "ethics_officer", GateChange.objects.get())
    assert str(GateSuite.objects.get().least_pass_rate) == "0.9250"


@pytest.mark.parametrize(
    "wrong",
    [{"suite": "none"}, {"prompt": "bank/none"}, {"least_pass_rate": "much"}, {"least_pass_rate": "101"}],
)
def test_a_wrong_suite_is_told(desk, gate, suite, wrong):
    sent = {"act": "suite", "suite": "polite", "least_pass_rate": "95", "reason": "New.", **wrong}
    assert desk.post("administrator", "gate", gate.pk, **sent).status_code == 400


def test_changed_cases_are_shown_and_taken_in(desk, gate, suite, people):
    row = set_gate_suite(actor=SHELL, environment="staging", suite=suite, least_pass_rate="1")
    save_case(actor=people.actor("author"), suite_id=suite.pk, name="two", assertions=[])
    assert "Its cases were changed" in desk.text("administrator", "gate", gate.pk)
    desk.post("administrator", "gate", gate.pk, act="cases", row=row.pk, reason="Harder.")
    decide(desk, "steward", GateChange.objects.get())
    assert "Its cases were changed" not in desk.text("administrator", "gate", gate.pk)


def test_a_new_gate_is_proposed_and_refused(desk, people):
    sent = {**FORM, "environment": "staging", "risk_tier": "minimal"}
    desk.post("administrator", "gate-new", **sent)
    decide(desk, "steward", GateChange.objects.get(), "refuse", reason="Not needed.")
    assert GateChange.objects.get().decision_reason == "Not needed."


def test_an_act_that_is_none_is_told(desk, gate):
    assert desk.post("administrator", "gate", gate.pk, act="explode").status_code == 400
    assert desk.post("steward", "second-person", act="explode", kind="gate").status_code == 302


def test_who_may_not_see_the_prompt_reads_no_change_about_it(desk, gate, suite, factory):
    name = factory.draft().prompt.name
    sent = {"act": "suite", "suite": "polite", "prompt": name, "least_pass_rate": "90", "reason": "New."}
    desk.post("steward", "gate", gate.pk, **sent)
    pages = [("second-person",), ("gate", gate.pk)]
    assert [name in desk.text("steward", *page) for page in pages] == [True, True]
    assert [name in desk.text("stranger", *page) for page in pages] == [False, False]
    decide(desk, "ethics_officer", GateChange.objects.get())
    assert name not in desk.text("stranger", "gate", gate.pk)


@pytest.fixture
def alone(people):
    """Nobody but the administrator confirms anything."""
    User.objects.filter(groups__name__in=CONFIRMERS).exclude(pk=people.administrator.pk).update(
        is_active=False
    )


def test_an_administrator_with_nobody_beside_him_changes_a_gate_at_once(desk, gate, alone):
    page = desk.text("administrator", "gate", gate.pk)
    assert "You are alone here" in page
    assert "Propose" not in page
    desk.post("administrator", "gate", gate.pk, **FORM)
    gate.refresh_from_db()
    assert (gate.requires_approval, GateChange.objects.exists()) == (True, False)
    assert Event.objects.filter(event="releases.gate.set").latest("pk").reason == "Safer."
    assert desk.post("administrator", "gate", gate.pk, act="gate", reason=" ").status_code == 400
    sent = {**FORM, "environment": "staging", "risk_tier": "minimal"}
    assert "You are alone here" in desk.text("administrator", "gate-new")
    desk.post("administrator", "gate-new", **sent)
    assert GatePolicy.objects.filter(environment__slug="staging", risk_tier="minimal").exists()


def test_alone_he_binds_a_suite_takes_its_new_cases_in_and_takes_it_away(desk, gate, suite, alone):
    sent = {"act": "suite", "suite": "polite", "least_pass_rate": "95", "reason": "New."}
    desk.post("administrator", "gate", gate.pk, **sent)
    row = GateSuite.objects.get()
    save_case(actor=SHELL, suite_id=suite.pk, name="two", assertions=[])
    assert "Its cases were changed" in desk.text("administrator", "gate", gate.pk)
    desk.post("administrator", "gate", gate.pk, act="cases", row=row.pk, reason="Harder.")
    assert "Its cases were changed" not in desk.text("administrator", "gate", gate.pk)
    row.refresh_from_db()
    assert str(row.least_pass_rate) == "0.9500"
    missing = desk.post("administrator", "gate", gate.pk, act="removal", row=row.pk, reason=" ")
    assert (missing.status_code, GateSuite.objects.count()) == (400, 1)
    desk.post("administrator", "gate", gate.pk, act="removal", row=row.pk, reason="No use.")
    assert not GateSuite.objects.exists()
    reasons = Event.objects.filter(event__startswith="releases.gate.suite").order_by("pk")
    assert list(reasons.values_list("reason", flat=True)) == ["New.", "Harder.", "No use."]
    assert GateSuite.history.filter(history_type="-").exists()
