"""A real worker behind a real broker, and the command that waits for it."""

import io
import json
import re
import time

import pytest
from django.core.management import CommandError, call_command

from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Run
from prompts.evaluations.services.start_run import cancel_run, start_run
from tests.fixtures.processes import wait_until
from tests.fixtures.stub import Answer

worker = pytest.mark.worker


def over(run):
    return lambda: Run.objects.get(pk=run.pk).is_over


def evaluate(*words):
    out = io.StringIO()
    call_command("evaluate", *words, "--as", "emil", stdout=out, stderr=io.StringIO())
    return out.getvalue()


@worker
def test_a_worker_takes_up_what_was_sent(real_worker, run):
    send_run(run)
    send_run(run)
    wait_until(over(run))
    run.refresh_from_db()
    assert (run.state, run.passed, run.results.count()) == ("finished", 2, 3)


@worker
def test_a_killed_workers_run_is_finished_by_another_and_nothing_is_doubled(
    real_worker, engineer, version, suite, served, stub_server
):
    choice = {"message": {"content": "A loan."}, "finish_reason": "stop"}
    stub_server.answer("/v1/chat/completions", Answer({"choices": [choice]}, delay=0.3))
    run = start_run(
        actor=engineer,
        version_id=version.pk,
        suite_id=suite.pk,
        providers=[served],
        repeats=10,
        concurrency=2,
    )
    send_run(run)
    wait_until(lambda: run.results.exists())
    real_worker.kill()
    there = run.results.count()
    assert 0 < there < 30
    real_worker.start()
    Run.objects.filter(pk=run.pk).update(lease_until="2020-01-01T00:00:00Z")
    send_run(run)
    wait_until(over(run))
    run.refresh_from_db()
    assert (run.state, run.passed, run.results.count()) == ("finished", 30, 30)
    assert len(stub_server.asked) <= 30 + 30 - there


@worker
def test_a_running_run_is_stopped(real_worker, engineer, version, suite, served, stub_server):
    stub_server.answer("/v1/chat/completions", Answer({"choices": []}, delay=0.3))
    run = start_run(
        actor=engineer,
        version_id=version.pk,
        suite_id=suite.pk,
        providers=[served],
        repeats=50,
        concurrency=2,
    )
    send_run(run)
    wait_until(lambda: run.results.exists())
    cancel_run(actor=engineer, run_id=run.pk)

    def quiet():
        before = len(stub_server.asked)
        time.sleep(1.5)
        return len(stub_server.asked) == before

    wait_until(quiet)
    assert len(stub_server.asked) < 150
    assert Run.objects.get(pk=run.pk).state == "cancelled"


@worker
def test_the_command_waits_and_tells_the_figures(real_worker, version, suite, recorded, tmp_path):
    report = tmp_path / "report.xml"
    words = [
        "--suite",
        "loans",
        "--provider",
        "recorded",
        "--fail-under",
        "0.5",
        "--json",
        "--junit",
        str(report),
    ]
    told = json.loads(evaluate("bank/explain", *words))
    assert (told["passed"], told["failed"], told["errors"], told["score"]) == (2, 1, 0, 0.5)
    assert set(told) == {"run", "passed", "failed", "errors", "score", "cost", "seconds", "url"}
    found = report.read_text(encoding="utf-8")
    assert re.search(r'<testsuite [^>]*tests="3" failures="1" errors="0"', found)
    assert re.search(r'name="open \[recorded\]"[^>]*><failure message="Expected output to contain', found)


@worker
def test_a_score_under_the_bar_fails_the_command(real_worker, version, suite, recorded):
    with pytest.raises(CommandError, match=r"under 0\.9") as caught:
        evaluate("bank/explain:1", "--suite", "loans", "--provider", "recorded", "--fail-under", "0.9")
    assert caught.value.returncode == 1


@worker
def test_a_suite_in_a_file_is_run(real_worker, version, recorded, tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text('{"vars": {"decision": "granted"}, "assert": {"type": "contains", "value": "granted"}}\n')
    told = json.loads(evaluate("bank/explain", "--suite", str(path), "--provider", "recorded", "--json"))
    assert (told["passed"], told["score"]) == (1, 1.0)


def test_without_a_worker_the_command_says_so(version, suite, recorded):
    with pytest.raises(CommandError, match="No worker has picked"):
        evaluate("bank/explain", "--suite", "loans", "--provider", "recorded", "--pickup", "0.5")


@pytest.mark.parametrize(
    "words",
    [
        ["bank/absent", "--suite", "loans"],
        ["bank/explain:9", "--suite", "loans"],
        ["bank/explain@nowhere", "--suite", "loans"],
        ["bank/explain@production", "--suite", "loans"],
        ["bank/explain", "--suite", "absent"],
        ["bank/explain", "--suite", "absent.yaml"],
        ["bank/explain", "--suite", "loans", "--provider", "absent"],
        ["bank/explain", "--suite", "loans", "--repeat", "0"],
        ["bank/explain", "--suite", "loans", "--fail-under", "7"],
    ],
)
def test_bad_input_ends_with_status_2(version, suite, recorded, words):
    with pytest.raises(CommandError) as caught:
        evaluate(*words)
    assert caught.value.returncode == 2


def test_the_shell_by_itself_may_not_evaluate(version, suite, recorded):
    with pytest.raises(CommandError, match="no role") as caught:
        call_command("evaluate", "bank/explain", "--suite", "loans", "--provider", "recorded")
    assert caught.value.returncode == 1
