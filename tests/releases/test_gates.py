"""The pure rule of the gate: facts in, verdict out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from prompts.releases.gates import ApprovalFact, DocumentationFact, GateFacts, SuiteFact, judge

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
APPROVAL = ApprovalFact("high risk@1", ("Dora",), NOW + timedelta(days=9), True, ("sign-off/7",))
SUITE = SuiteFact(
    "safety",
    Decimal("0.95"),
    run=3,
    score=Decimal("0.96"),
    passed=24,
    total=25,
    finished_at=NOW - timedelta(days=2),
)
OPEN = GateFacts(
    prompt="clinic/triage",
    version=3,
    environment="production",
    digest="ab" * 32,
    at=NOW,
    policy_id=1,
    policy_version=2,
    is_frozen_text=True,
    is_intact=True,
    requires_approval=True,
    approval=APPROVAL,
    suites=(SUITE,),
    documentation=(DocumentationFact("purpose", True),),
    freeze=None,
    retirement=None,
)
SHUT = {
    "a draft": ("frozen_text", {"is_frozen_text": False}),
    "a text that was tampered with": ("frozen_text", {"is_intact": False}),
    "no policy": ("policy", {"policy_id": None}),
    "no approval": ("approval", {"approval": None}),
    "an expired approval": ("approval", {"approval": replace(APPROVAL, is_valid=False)}),
    "no run": ("evidence:safety", {"suites": (SuiteFact("safety", Decimal(0)),)}),
    "an empty run": ("evidence:safety", {"suites": (replace(SUITE, total=0),)}),
    "too low": ("evidence:safety", {"suites": (replace(SUITE, score=Decimal("0.9499")),)}),
    "too old": ("evidence:safety", {"suites": (replace(SUITE, max_age_days=1),)}),
    "another model": ("evidence:safety", {"suites": (replace(SUITE, model_changed="m-2"),)}),
    "changed cases": ("evidence:safety", {"suites": (replace(SUITE, is_stale=True),)}),
    "a missing field": ("documentation", {"documentation": (DocumentationFact("purpose", False),)}),
    "a freeze": ("not_frozen", {"freeze": "Etta froze it."}),
    "a retirement": ("not_retired", {"retirement": "Retired."}),
}


def test_the_gate_is_open_when_everything_holds():
    assert judge(OPEN).open


@pytest.mark.parametrize("case", SHUT)
def test_one_failure_shuts_it_and_says_why(case):
    code, facts = SHUT[case]
    verdict = judge(replace(OPEN, **facts))
    assert [check.code for check in verdict.failed] == [code]
    assert verdict.failed[0].reason
    assert not verdict.open


def test_all_failures_are_told_at_once():
    facts = {name: value for _, told in SHUT.values() for name, value in told.items()}
    assert len(judge(replace(OPEN, **facts)).failed) == 7


def test_the_threshold_itself_passes_and_a_share_is_never_rounded_up():
    assert judge(replace(OPEN, suites=(replace(SUITE, score=Decimal("0.95")),))).open
    check = judge(replace(OPEN, suites=(replace(SUITE, score=Decimal("0.9499")),))).failed[0]
    assert "(94.9 %)" in check.reason


def test_any_outcome_will_do_where_a_suite_must_only_have_run():
    poor = replace(SUITE, any_outcome=True, score=Decimal("0.1"), least_pass_rate=Decimal(1))
    assert judge(replace(OPEN, suites=(poor,))).open


def test_the_verdict_has_the_shape_of_the_contract():
    told = judge(OPEN).as_dict(link=lambda reference: f"https://portal/{reference}")
    assert list(told) == ["open", "prompt", "version", "environment", "digest", "policy", "checks"]
    assert told["policy"] == {"id": 1, "version": 2}
    assert all(list(row) == ["code", "title", "passed", "reason", "evidence"] for row in told["checks"])
    assert told["checks"][1]["evidence"] == ["https://portal/sign-off/7"]
