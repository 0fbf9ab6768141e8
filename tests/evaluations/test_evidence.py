"""What sign-offs and gates read."""

import pytest

from audits.ledger.canonical import canonical_json
from prompts.evaluations.models import Result, Run
from prompts.evaluations.selectors import evidence_of
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.evaluations.stats import wilson


@pytest.fixture
def done(run):
    return work_on_run(run_id=run.pk)


def test_evidence_names_the_run_its_figures_and_what_binds_them(done, version):
    (found,) = evidence_of(version)
    assert (found["id"], found["suite"], found["passed"], found["failed"]) == (done.pk, "loans", 2, 1)
    assert found["digest"] == done.results_digest
    assert found["stale"] is False
    canonical_json(evidence_of(version))


def test_evidence_is_stale_once_a_case_has_changed(done, version, engineer, suite):
    save_case(actor=engineer, suite_id=suite.pk, name="open", vars={"decision": "open"}, weight=3)
    assert evidence_of(version)[0]["stale"] is True


def test_a_run_that_is_not_finished_is_no_evidence(run, version):
    assert evidence_of(version) == []


def test_the_digest_changes_with_an_output(done):
    from prompts.evaluations.results_digest import results_digest

    before = results_digest(done)
    done.results.filter(case_name="open").update(output="It is closed.")
    assert before == done.results_digest != results_digest(done)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("engineer", 1), ("expert", 1), ("auditor", 1), ("ethics_officer", 1), ("stranger", 0), ("leaver", 0)],
)
def test_runs_and_results_are_seen_with_the_prompt(people, done, version, who, sees):
    actor = people.actor(who)
    assert Run.objects.visible_to(actor).count() == sees
    assert Result.objects.visible_to(actor).count() == sees * 3


@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    [
        (0, 0, 0, 1),
        (0, 10, 0, 0.2775),
        (10, 10, 0.7225, 1),
        (5, 10, 0.2366, 0.7634),
        (90, 100, 0.8256, 0.9448),
    ],
)
def test_wilsons_interval_has_the_published_values(passed, total, low, high):
    assert wilson(passed, total) == pytest.approx((low, high), abs=1e-4)
