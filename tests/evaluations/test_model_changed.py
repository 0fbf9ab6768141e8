"""A provider that begins to answer with another model: told in the trail, and its evidence is stale."""

import json

import pytest

from audits.ledger.models import Event
from prompts.evaluations.selectors import evidence_of
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.fixtures.stub import Answer as Sent


@pytest.fixture
def other_suite(engineer, bank):
    """A second suite of one case."""
    from prompts.evaluations.services.cases import save_case
    from prompts.evaluations.services.suites import create_suite

    found = create_suite(actor=engineer, name="others", collection=bank)
    save_case(actor=engineer, suite_id=found.pk, name="one", vars={"decision": "one"})
    return found


@pytest.fixture
def done(engineer, version, served):
    """Runs a suite to its end."""

    def go(suite):
        run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served])
        return work_on_run(run_id=run.pk)

    return go


@pytest.fixture
def change(stub_server):
    """Has the provider answer with another model."""
    choice = {"message": {"content": "A loan."}, "finish_reason": "stop"}
    return lambda name: stub_server.answer("/v1/chat/completions", Sent({"model": name, "choices": [choice]}))


def test_a_run_keeps_the_models_that_answered(done, suite, served):
    assert done(suite).answered_by == {str(served.pk): ["m-1"]}


@pytest.mark.requirement("iso-42001/a-6-2-4", "iso-42001/a-10-3", "owasp-llm/04")
def test_evidence_is_stale_once_another_model_answers(done, suite, other_suite, change, version):
    done(suite)
    change("m-2")
    done(other_suite)
    found = {one["suite"]: one for one in evidence_of(version)}
    assert found["loans"]["stale"] is True
    assert found["loans"]["model_changed"] == "served answers as m-2, then as m-1"
    assert found["others"]["stale"] is False


def test_a_new_run_makes_the_evidence_fresh_again(done, suite, change, version):
    done(suite)
    change("m-2")
    done(suite)
    assert evidence_of(version)[0]["stale"] is False


@pytest.mark.requirement("iso-42001/a-10-3")
def test_the_change_is_told_once_in_the_trail(done, suite, change):
    done(suite)
    assert not Event.objects.filter(event="evaluations.provider.model_changed").exists()
    change("m-2")
    done(suite)
    done(suite)
    told = json.loads(Event.objects.get(event="evaluations.provider.model_changed").payload)
    assert (told["before"], told["now"]) == (["m-1"], ["m-2"])


@pytest.fixture
def judged(engineer, version, suite, recorded, served):
    """Runs a suite whose answers are recorded and judged by a model."""
    from prompts.evaluations.services.cases import save_case

    wanted = [{"type": "llm-rubric", "value": "It is kind."}]
    for name in ("refused", "granted", "open"):
        save_case(actor=engineer, suite_id=suite.pk, name=name, vars={"decision": name}, assertions=wanted)

    def go():
        run = start_run(
            actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded], judge=served
        )
        return work_on_run(run_id=run.pk)

    return go


def test_evidence_is_stale_once_another_model_judges(
    judged, done, other_suite, stub_server, change, served, version
):
    verdict = {"message": {"content": '{"pass": true, "score": 1, "reason": "It is."}'}}
    stub_server.answer("/v1/chat/completions", Sent({"model": "m-1", "choices": [verdict]}))
    run = judged()
    assert (run.passed, run.answered_by) == (3, {str(served.pk): ["m-1"]})
    assert evidence_of(version)[0]["stale"] is False
    change("m-2")
    done(other_suite)
    found = {one["suite"]: one for one in evidence_of(version)}
    assert found["loans"]["model_changed"] == "served answers as m-2, then as m-1"


def test_a_judge_that_changed_is_told_in_the_trail(judged, stub_server, version):
    for model in ("m-1", "m-2"):
        verdict = {"message": {"content": '{"pass": true, "score": 1, "reason": "It is."}'}}
        stub_server.answer("/v1/chat/completions", Sent({"model": model, "choices": [verdict]}))
        judged()
    assert Event.objects.filter(event="evaluations.provider.model_changed").count() == 1
    assert evidence_of(version)[0]["stale"] is False
