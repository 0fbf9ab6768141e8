"""Suites at the gate: the newest finished run on this very text decides."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.identity.errors import Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.services.cases import save_case
from prompts.registry.models import Environment
from prompts.registry.services.prompts import edit_prompt
from prompts.releases.errors import GateClosed
from prompts.releases.models import GateSuite
from prompts.releases.selectors import verdict_of
from prompts.releases.services.gate_policies import remove_gate_suite, set_gate_suite
from tests.people import SHELL


def bind(suite, prompt, rate="0.95", by=SHELL, **fields):
    return set_gate_suite(
        actor=by, environment="production", suite=suite, prompt=prompt, least_pass_rate=rate, **fields
    )


@pytest.fixture
def bound(factory, gatehouse):
    """An approved version whose prompt must pass ``letters`` with 95 %."""
    version, suite = factory.approved(), gatehouse.suite()
    bind(suite, version.prompt)
    return version, suite


@pytest.mark.requirement("eu-ai-act/15", "soc-2/cc8-1")
def test_without_a_run_the_gate_is_shut_and_with_a_good_one_open(gatehouse, bound):
    version, suite = bound
    with pytest.raises(GateClosed, match="no finished run"):
        gatehouse.release(version)
    run = gatehouse.run(version, suite, passed=19)
    release = gatehouse.release(version)
    assert f"run/{run.pk}" in [item for row in release.verdict["checks"] for item in row["evidence"]]


def test_the_newest_run_decides_not_the_best_one(gatehouse, bound):
    version, suite = bound
    gatehouse.run(version, suite, passed=20)
    gatehouse.run(version, suite, passed=18)
    with pytest.raises(GateClosed, match=r"90\.0 %"):
        gatehouse.release(version)


@pytest.mark.parametrize(
    "columns",
    [{"state": "cancelled"}, {"state": "failed"}, {"version_digest": "0" * 64}, {"total": 0}],
)
def test_runs_that_are_no_evidence_do_not_count(gatehouse, bound, columns):
    version, suite = bound
    gatehouse.run(version, suite, passed=20, **columns)
    with pytest.raises(GateClosed):
        gatehouse.release(version)


@pytest.mark.requirement("eu-ai-act/15", "iso-42001/a-6-2-4")
def test_a_run_of_another_version_does_not_count(factory, gatehouse, bound):
    version, suite = bound
    gatehouse.run(
        factory.submitted(factory.next_draft(version.prompt, text="Other.")).version, suite, passed=20
    )
    with pytest.raises(GateClosed):
        gatehouse.release(version)


def test_a_run_before_the_cases_changed_does_not_count(people, gatehouse, bound):
    version, suite = bound
    gatehouse.run(version, suite, passed=20)
    save_case(
        actor=people.actor("steward"),
        suite_id=suite.pk,
        name="harder",
        assertions=[{"type": "contains", "value": "x"}],
    )
    with pytest.raises(GateClosed, match="cases changed"):
        gatehouse.release(version)


def test_a_gate_reads_no_case_however_many_there_are(gatehouse, bound):
    version, suite = bound
    gatehouse.run(version, suite, passed=20)
    with CaptureQueriesContext(connection) as queries:
        assert verdict_of(version, Environment.objects.get(slug="production")).open
    assert not [query for query in queries.captured_queries if '"vars"' in query["sql"]]


def test_a_run_that_is_too_old_does_not_count(gatehouse, bound):
    version, suite = bound
    bind(suite, version.prompt, max_age_days=7)
    gatehouse.run(version, suite, passed=20, finished_at=timezone.now() - timedelta(days=8))
    with pytest.raises(GateClosed, match="older than 7 days"):
        gatehouse.release(version)


def test_a_binding_outlives_a_change_of_tier(people, gatehouse, bound):
    version, _ = bound
    edit_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, changes={"risk_tier": "high"})
    version.refresh_from_db()
    verdict = verdict_of(version, Environment.objects.get(slug="production"))
    assert {"approval", "evidence:letters"} <= {check.code for check in verdict.failed}


def test_staging_wants_the_later_suites_run_with_any_outcome(gatehouse, bound):
    version, suite = bound
    with pytest.raises(GateClosed):
        gatehouse.release(version, to="staging")
    gatehouse.run(version, suite, passed=1)
    assert gatehouse.release(version, to="staging").state == "live"


def test_a_suite_of_all_prompts_binds_each_of_them(factory, gatehouse):
    bind(gatehouse.suite(), None)
    with pytest.raises(GateClosed, match="letters"):
        gatehouse.release(factory.approved())


def test_a_steward_raises_what_a_gate_asks_and_never_lowers_it(people, gatehouse, bound):
    version, suite = bound
    steward = people.actor("steward")
    assert bind(suite, version.prompt, "0.99", by=steward).least_pass_rate == Decimal("0.99")
    for change in ({"rate": "0.5"}, {"rate": "0.99", "max_age_days": 9}):
        told = {"by": steward, **change}
        if change["rate"] == "0.5":
            with pytest.raises(Refused):
                bind(suite, version.prompt, **told)
        else:
            assert bind(suite, version.prompt, **told).max_age_days == 9


@pytest.mark.parametrize("who", ["author", "expert", "ethics_officer", "auditor", "stranger"])
def test_others_bind_no_suites(people, gatehouse, bound, who):
    version, _ = bound
    with pytest.raises(Refused):
        bind(gatehouse.suite("more"), version.prompt, by=people.actor(who))


def test_nobody_takes_a_suite_away_alone(people, bound):
    row = GateSuite.objects.get()
    with pytest.raises(Refused):
        remove_gate_suite(actor=people.actor("steward"), gate_suite_id=row.pk, reason="x")
    with pytest.raises(Refused):
        remove_gate_suite(actor=people.actor("administrator"), gate_suite_id=row.pk, reason="x")
    remove_gate_suite(actor=SHELL, gate_suite_id=row.pk, reason="It asks nothing.")
    assert Event.objects.get(event="releases.gate.suite_removed").reason == "It asks nothing."
    assert Event.objects.get(event="releases.gate.suite_set").subject == "production"


@pytest.mark.parametrize("rate", ["1.01", "-0.1", "much", "NaN"])
def test_a_rate_is_between_zero_and_one(gatehouse, bound, rate):
    with pytest.raises(Unacceptable):
        bind(bound[1], bound[0].prompt, rate)
