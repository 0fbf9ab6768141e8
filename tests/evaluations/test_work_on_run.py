"""The work: right figures, every result exactly once, whatever happens to the worker."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audits.ledger.models import Event
from prompts.evaluations.models import Result, Run
from prompts.evaluations.services import claims
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.claims import Lost, beat, claim
from prompts.evaluations.services.start_run import cancel_run, start_run
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.services.sweep import lost_runs
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.registry.services.drafts import edit_draft
from prompts.registry.services.freeze import freeze_version
from tests.fixtures.stub import Answer as Sent


def test_a_run_is_finished_with_its_weighted_pass_rate(run):
    done = work_on_run(run_id=run.pk)
    assert (done.state, done.passed, done.failed, done.errors) == ("finished", 2, 1, 0)
    assert done.score == Decimal("0.5")
    assert done.results_digest
    assert done.finished_at >= done.started_at
    assert set(done.results.values_list("label", flat=True)) == {"written for tests"}
    assert Event.objects.filter(event="evaluations.run.finished", subject=str(run)).count() == 1


def test_the_sdk_is_asked_once_for_each_result_and_its_cost_is_told(
    engineer, version, suite, served, stub_server
):
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served], repeats=2)
    done = work_on_run(run_id=run.pk)
    assert len(stub_server.asked) == done.results.count() == 6
    assert done.cost == Decimal("0.0012")
    assert stub_server.asked[0].headers["authorization"] == "Bearer sk-secret-0123456789"
    assert {asked.json()["messages"][0]["content"] for asked in stub_server.asked} >= {"Explain open."}


def test_a_finished_run_is_not_worked_on_again(run):
    work_on_run(run_id=run.pk)
    assert work_on_run(run_id=run.pk) is None
    assert run.results.count() == 3


def test_a_run_is_claimed_by_one(run):
    assert claim(run.pk) is not None
    assert claim(run.pk) is None


def test_after_a_kill_the_rest_is_done_and_nothing_twice(engineer, version, suite, served, stub_server):
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served])
    killed = claim(run.pk)
    row = {"run": killed, "case_name": "refused", "case_digest": "d", "provider": served, "state": "fail"}
    beat(killed, [Result(**row)])
    assert work_on_run(run_id=run.pk) is None
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert [lost.pk for lost in lost_runs(now=timezone.now())] == [run.pk]
    done = work_on_run(run_id=run.pk)
    assert (done.passed, done.failed, len(stub_server.asked)) == (2, 1, 2)


def test_a_worker_that_lost_its_run_writes_nothing_more(run, recorded):
    slow = claim(run.pk)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work_on_run(run_id=run.pk).state == "finished"
    with pytest.raises(Lost):
        beat(slow, [Result(run=slow, case_name="late", case_digest="d", provider=recorded, state="pass")])
    assert run.results.count() == 3


def test_a_result_that_is_there_stays_as_it_is(run, recorded):
    held = claim(run.pk)
    for state in ("pass", "fail"):
        beat(held, [Result(run=held, case_name="open", case_digest="d", provider=recorded, state=state)])
    assert list(run.results.values_list("state", flat=True)) == ["pass"]


def test_a_run_that_brings_workers_down_is_given_up(run):
    for _ in range(claims.MOST_ATTEMPTS):
        assert claim(run.pk)
        Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work_on_run(run_id=run.pk) is None
    run.refresh_from_db()
    assert run.state == "failed"
    assert Event.objects.filter(event="evaluations.run.failed").exists()


def test_a_used_up_budget_hands_the_rest_on(run):
    assert work_on_run(run_id=run.pk, budget_seconds=0).state == "queued"
    assert work_on_run(run_id=run.pk).state == "finished"


def test_a_long_run_makes_way_for_others_and_only_then(
    monkeypatch, engineer, version, suite, served, stub_server
):
    monkeypatch.setattr("prompts.evaluations.services.work_on_run.TURN_SECONDS", 0)
    monkeypatch.setattr("prompts.evaluations.services.work_on_run.IN_LINE", 0)
    wanted = {"version_id": version.pk, "suite_id": suite.pk, "providers": [served], "repeats": 10}
    run = start_run(actor=engineer, **wanted, concurrency=1)
    other = start_run(actor=engineer, **wanted)
    halted = work_on_run(run_id=run.pk)
    assert (halted.state, halted.attempts) == ("queued", 0)
    assert 1 <= halted.results.count() < 30
    cancel_run(actor=engineer, run_id=other.pk)
    done = work_on_run(run_id=run.pk)
    assert (done.state, done.passed, len(stub_server.asked)) == ("finished", 30, 30)


def test_faults_of_provider_and_grader_are_errors_of_that_result_only(engineer, version, suite, recorded):
    save_case(actor=engineer, suite_id=suite.pk, name="unknown", vars={"decision": "never recorded"})
    judged = [{"type": "llm-rubric", "value": "kind"}]
    save_case(actor=engineer, suite_id=suite.pk, name="open", vars={"decision": "open"}, assertions=judged)
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])
    done = work_on_run(run_id=run.pk)
    errors = dict(done.results.filter(state="error").values_list("case_name", "error"))
    assert "no recorded answer" in errors["unknown"]
    assert "needs a provider" in errors["open"]
    assert (done.passed, done.errors) == (2, 2)


def test_hostile_output_is_stored_as_far_as_a_database_can(engineer, version, suite, served, stub_server):
    from tests.fixtures.stub import Answer

    choice = {"message": {"content": "loan <script>\x00\ud800"}, "finish_reason": "stop"}
    stub_server.answer("/v1/chat/completions", Answer({"choices": [choice]}))
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served])
    assert work_on_run(run_id=run.pk).passed == 3
    assert run.results.first().output == "loan <script>\ufffd?"


@pytest.mark.parametrize(
    ("end", "states"), [("stop", ["pass", "fail"]), ("content_filter", ["fail", "pass"])]
)
def test_a_run_grades_what_filters_did_and_how_sure_the_model_was(
    engineer, version, bank, served, stub_server, end, states
):
    blocked = end == "content_filter"
    logprobs = {"content": [{"token": "A", "logprob": 0.0}]}
    choice = {"message": {"content": "" if blocked else "A"}, "finish_reason": end, "logprobs": logprobs}
    stub_server.answer("/v1/chat/completions", Sent({"choices": [choice]}))
    suite = create_suite(actor=engineer, name="filters", collection=bank)
    asked = {
        "a": [{"type": "guardrails"}, {"type": "perplexity", "threshold": 1.1}],
        "b": [{"type": "is-refusal"}],
    }
    for name, wanted in asked.items():
        save_case(actor=engineer, suite_id=suite.pk, name=name, vars={"decision": name}, assertions=wanted)
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served])
    work_on_run(run_id=run.pk)
    found = run.results.order_by("case_name").values_list("state", "error")
    assert list(found) == [(state, "") for state in states]


@pytest.mark.parametrize("text", ["", "I look it up."])
@pytest.mark.parametrize(
    ("name", "arguments", "states"),
    [("look", '{"city": "Bern"}', ["pass"] * 3), ("look", '{"city": 3}', ["fail", "fail", "pass"])],
)
def test_a_run_grades_calls_of_tools(
    engineer, people, factory, bank, served, stub_server, text, name, arguments, states
):
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "look", "parameters": parameters}}
    first = factory.draft("bank/look", text="Look {{decision}} up.")
    draft = edit_draft(
        actor=people.actor("author"), version_id=first.pk, seen_revision=first.revision,
        changes={"tools": [tool]},
    )  # fmt: skip
    version = freeze_version(actor=people.actor("author"), version_id=draft.pk)
    call = {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
    choice = {"message": {"content": text, "tool_calls": [call]}, "finish_reason": "tool_calls"}
    stub_server.answer("/v1/chat/completions", Sent({"choices": [choice]}))
    suite = create_suite(actor=engineer, name="tools", collection=bank)
    for at, one in enumerate(["is-valid-function-call", "is-valid-openai-tools-call", "tool-call-f1"]):
        wanted = [{"type": one, **({"value": ["look"]} if at == 2 else {})}]
        save_case(actor=engineer, suite_id=suite.pk, name=one, vars={"decision": one}, assertions=wanted)
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served])
    work_on_run(run_id=run.pk)
    found = run.results.order_by("case_name").values_list("state", "error")
    assert list(found) == [(state, "") for state in states]
