"""Answers graded blind, and gates that a model grader does not open before people agree with it."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from audits.identity.errors import Conflict, NotThere, Refused
from audits.ledger.models import Event
from portal.grade_verifier import grades
from prompts.evaluations.calibrated import known_graders, next_to_grade
from prompts.evaluations.models import HumanGrade, Result, Run
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.grade_by_hand import grade_by_hand
from prompts.evaluations.services.override_result import override_result
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Environment
from prompts.releases.models import GatePolicy
from prompts.releases.selectors.gate import verdict_of
from prompts.releases.services.gate_policies import set_gate, set_gate_suite
from tests.fixtures.append_only import triggers_off
from tests.people import SHELL
from tests.portal.opening import Desk

RUBRIC = {"type": "llm-rubric", "value": "It is polite."}
CASES = 34


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def version(factory):
    """An approved text."""
    return factory.approved()


@pytest.fixture
def run(people, bank, version):
    """A finished run that a model judged: it fails every second answer."""
    suite = create_suite(actor=SHELL, name="polite", collection=bank, least_pass_rate="0.5")
    for at in range(CASES):
        save_case(actor=SHELL, suite_id=suite.pk, name=f"case-{at:02}", vars={"decision": f"<i>{at}</i>"},
                  assertions=[RUBRIC])  # fmt: skip
    provider = create_provider(actor=SHELL, name="asked", kind="openai", model="m")
    run = start_run(actor=people.actor("engineer"), version_id=version.pk, suite_id=suite.pk,
                    providers=[provider], judge=provider)  # fmt: skip
    for at, case in enumerate(suite.cases.order_by("pk")):
        good = at % 2 == 0
        Result.objects.create(
            run=run, case=case, case_name=case.name, case_digest="0" * 64, provider=provider,
            state="pass" if good else "fail", score=int(good), output=f"Answer {at}.", judged_by="asked: m-1",
            assertions=[{"pass": good, "score": int(good), "reason": "So it seems.", "assertion": RUBRIC}],
        )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(state="finished", passed=CASES // 2, failed=CASES // 2, score="0.5",
                                         finished_at=run.created_at)  # fmt: skip
    return Run.objects.get(pk=run.pk)


def grade(actor, run, agrees=lambda row: True, most=CASES):
    """Grades what comes next, again and again."""
    for _ in range(most):
        row, judged = next_to_grade(actor, run)
        told = judged.passed if agrees(row) else not judged.passed
        grade_by_hand(actor=actor, result_id=row.pk, grader=judged.grader, passed=told, reason="I read it.")


def test_what_is_graded_is_kept_and_recorded_without_telling_the_verdict(people, run):
    grade(people.actor("expert"), run, most=1)
    made = HumanGrade.objects.get()
    assert (made.by_name, made.passed, made.judge) == ("dora", made.grader_passed, "asked: m-1")
    event = Event.objects.get(event="evaluations.result.graded")
    assert set(json.loads(event.payload)) == {"grade", "result", "prompt", "grader", "digest"}
    assert list(grades()) == []


def test_a_grade_that_is_changed_or_gone_is_found(people, run):
    grade(people.actor("expert"), run, most=2)
    first, second = HumanGrade.objects.order_by("pk")
    with pytest.raises(DatabaseError), transaction.atomic():
        HumanGrade.objects.filter(pk=first.pk).update(passed=not first.passed)
    with triggers_off(connection):
        HumanGrade.objects.filter(pk=first.pk).update(passed=not first.passed)
        HumanGrade.objects.filter(pk=second.pk).delete()
    told = [fault.reason for fault in grades()]
    assert told == ["the grade is not what was recorded", "a grade of its answers is gone"]


def test_each_person_has_an_order_of_their_own_and_grades_each_answer_once(people, run):
    expert, officer = people.actor("expert"), people.actor("ethics_officer")
    first, judged = next_to_grade(expert, run)
    grade(expert, run, most=CASES)
    assert next_to_grade(expert, run) is None
    assert next_to_grade(officer, run) is not None
    with pytest.raises(Conflict):
        grade_by_hand(actor=expert, result_id=first.pk, grader=judged.grader, passed=True)


@pytest.mark.parametrize("who", ["author", "engineer", "auditor", "administrator", "service"])
def test_only_experts_grade(people, run, who):
    row, judged = next_to_grade(people.actor("expert"), run)
    with pytest.raises(Refused):
        grade_by_hand(actor=people.actor(who), result_id=row.pk, grader=judged.grader, passed=True)


def test_a_stranger_finds_nothing_to_grade(people, run):
    row, judged = next_to_grade(people.actor("expert"), run)
    with pytest.raises(NotThere):
        grade_by_hand(actor=people.actor("stranger"), result_id=row.pk, grader=judged.grader, passed=True)
    grade(people.actor("expert"), run, most=1)
    assert known_graders(people.actor("stranger")) == []
    assert len(known_graders(people.actor("expert"))) == 1


def test_who_overruled_a_verdict_has_seen_it_and_does_not_grade_it(people, run):
    expert = people.actor("expert")
    row, judged = next_to_grade(expert, run)
    override_result(
        actor=expert, result_id=row.pk, verdict="fail" if row.state == "pass" else "pass", reason="No."
    )
    assert next_to_grade(expert, run)[0].pk != row.pk
    with pytest.raises(Refused, match="overruled"):
        grade_by_hand(actor=expert, result_id=row.pk, grader=judged.grader, passed=True)


def test_the_page_tells_nothing_of_verdict_model_or_score_before_the_grade(desk, people, run):
    page = desk.text("expert", "run-grade", run.pk)
    row, judged = next_to_grade(people.actor("expert"), run)
    for hidden in ("So it seems.", "asked", "m-1", "score", f"{row.state}ed here"):
        assert hidden not in page.partition("<main")[2], hidden
    assert "It is polite." in page
    assert "&lt;i&gt;" in page
    sent = desk.post("expert", "run-grade", run.pk, result=row.pk, grader=judged.grader, passed="yes")
    assert sent.status_code == 302
    assert HumanGrade.objects.get().passed is True
    assert "Domain experts" in desk.text("engineer", "run-grade", run.pk)


def test_the_page_of_graders_tells_agreement_and_what_is_missing(desk, people, run):
    grade(people.actor("expert"), run, most=5)
    page = desk.text("expert", "graders")
    assert "Not calibrated" in page
    assert "5 answers were graded blind, 30 are needed" in page
    grade(people.actor("expert"), run, most=CASES - 5)
    page = desk.text("expert", "graders")
    assert "plain ok" in page
    assert "100.0" in page


@pytest.fixture
def gate(run):
    """Production asks for the suite, and for graders that people agree with."""
    gate = GatePolicy.objects.get(environment__slug="production", risk_tier="")
    set_gate(actor=SHELL, environment="production", requires_calibration=True)
    set_gate_suite(actor=SHELL, environment="production", suite=run.suite, least_pass_rate="0.5")
    Run.objects.filter(pk=run.pk).update(case_digest=case_digest(run))
    return gate


def case_digest(run):
    from prompts.evaluations.selectors import current_digests

    return current_digests([run.suite_id])[run.suite_id]


def why_shut(version):
    verdict = verdict_of(version, Environment.objects.get(slug="production"))
    return {check.code: check.reason for check in verdict.failed}


def test_a_grader_that_nobody_checked_opens_no_gate_that_asks_for_it(version, gate):
    found = why_shut(version)["evidence:polite"]
    assert (
        "llm-rubric judged by asked: m-1 is not calibrated: 0 answers were graded blind, 30 are needed"
        in found
    )


def test_one_that_people_agree_with_does(people, run, version, gate):
    grade(people.actor("expert"), run)
    assert why_shut(version) == {}


def test_one_that_people_disagree_with_does_not(people, run, version, gate):
    grade(people.actor("expert"), run, agrees=lambda row: row.pk % 3 > 0)
    assert "kappa is" in why_shut(version)["evidence:polite"]


def test_a_gate_that_does_not_ask_is_as_open_as_before(version, gate):
    set_gate(actor=SHELL, environment="production", requires_calibration=False)
    assert why_shut(version) == {}


def test_a_new_portal_asks_for_it_where_the_risk_is_high(people):
    asks = dict(
        GatePolicy.objects.filter(environment__slug="production").values_list(
            "risk_tier", "requires_calibration"
        )
    )
    assert asks == {"": False, "high": True}
