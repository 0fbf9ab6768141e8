"""Runs with a judge: what it decides, how it is named, what it costs."""

import json
from decimal import Decimal

import pytest

from audits.ledger.models import Event
from prompts.evaluations.errors import NothingToRun
from prompts.evaluations.selectors import evidence_of
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.fixtures.stub import Answer as Sent
from tests.people import SHELL

USAGE = {"prompt_tokens": 1000, "completion_tokens": 100}


def said(text, model):
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    return Sent({"model": model, "choices": [choice], "usage": USAGE})


@pytest.fixture
def judge(stub_server):
    """A judge that finds everything kind, and the first of several outputs the best."""

    def answer(asked):
        task = asked.json()["messages"][-1]["content"]
        if "Which one meets the criteria" in task:
            return said("1", "judge-2026")
        return said(json.dumps({"pass": True, "score": 1, "reason": "Kind."}), "judge-2026")

    stub_server.answer("/judge/chat/completions", answer)
    return create_provider(
        actor=SHELL, name="judge", kind="openai", base_url=f"{stub_server.url}/judge", model="judge",
        price_in="1", price_out="10",
    )  # fmt: skip


@pytest.fixture
def rival(stub_server):
    """A second provider, whose answers are longer."""
    stub_server.answer("/rival/chat/completions", said("A loan, and more.", "r-1"))
    return create_provider(
        actor=SHELL, name="rival", kind="openai", base_url=f"{stub_server.url}/rival", model="r"
    )


@pytest.fixture
def wanted(engineer, suite):
    """Gives the case ``open`` other assertions."""

    def change(*assertions):
        vars = {"decision": "open"}
        save_case(actor=engineer, suite_id=suite.pk, name="open", vars=vars, assertions=list(assertions))

    return change


@pytest.fixture
def done(engineer, version, suite, judge):
    """Runs to the end with the judge."""

    def start(*providers):
        run = start_run(
            actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=providers, judge=judge
        )
        return work_on_run(run_id=run.pk)

    return start


def test_the_judge_of_a_run_decides_and_is_named_with_its_model(done, wanted, recorded):
    wanted({"type": "llm-rubric", "value": "kind"})
    run = done(recorded)
    told = dict(run.results.values_list("case_name", "judged_by"))
    assert (run.passed, told) == (3, {"open": "judge: judge-2026", "refused": "", "granted": ""})


def test_the_judge_stands_in_the_evidence_and_in_the_trail(done, version, recorded):
    done(recorded)
    assert evidence_of(version)[0]["judge"] == "judge judge"
    for event in ("started", "finished"):
        told = json.loads(Event.objects.get(event=f"evaluations.run.{event}").payload)
        assert told["judge"] == "judge"


def test_what_the_judge_costs_is_part_of_the_cost(done, wanted, recorded):
    wanted({"type": "llm-rubric", "value": "kind"})
    assert done(recorded).cost == Decimal("0.002")


def test_the_digest_of_the_results_binds_who_judged(done, wanted, recorded):
    from prompts.evaluations.results_digest import results_digest

    wanted({"type": "llm-rubric", "value": "kind"})
    run = done(recorded)
    run.results.filter(case_name="open").update(judged_by="somebody else")
    assert results_digest(run) != run.results_digest


def test_the_best_of_several_providers_is_chosen_once(done, wanted, served, rival, stub_server):
    wanted({"type": "select-best", "value": "the longest"})
    run = done(served, rival)
    found = dict(run.results.filter(case_name="open").values_list("provider__name", "state"))
    assert found == {"served": "fail", "rival": "pass"}
    assert sum(asked.path.startswith("/judge") for asked in stub_server.asked) == 1


def test_the_highest_score_of_several_providers_wins(done, wanted, served, rival):
    wanted({"type": "contains", "value": "more", "weight": 0}, {"type": "max-score"})
    found = dict(done(served, rival).results.filter(case_name="open").values_list("provider__name", "state"))
    assert found == {"served": "fail", "rival": "pass"}


def test_with_one_answer_there_is_nothing_to_compare(done, wanted, served):
    wanted({"type": "select-best", "value": "the longest"})
    error = done(served).results.get(case_name="open").error
    assert "at least two" in error


def test_a_judge_out_of_use_is_refused_at_the_start(engineer, version, suite, recorded, judge):
    type(judge).objects.filter(pk=judge.pk).update(is_active=False)
    with pytest.raises(NothingToRun) as caught:
        start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded], judge=judge)
    assert caught.value.field == "judge"


def test_an_embedder_that_makes_no_vectors_is_refused_at_the_start(engineer, version, suite, recorded):
    with pytest.raises(NothingToRun) as caught:
        start_run(
            actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded],
            embedder="recorded",
        )  # fmt: skip
    assert caught.value.field == "embedder"
