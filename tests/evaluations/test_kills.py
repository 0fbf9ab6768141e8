"""Worker and broker are killed in the middle of a run: each case has one result all the same.

The same on both databases: the lane of real processes kills on SQLite, that of PostgreSQL there.
"""

import io
import json
import os
import signal
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from audits.ledger.models import Event
from prompts.evaluations.models import Run
from prompts.evaluations.results_digest import results_digest
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suite_from_file import suite_from_file
from prompts.evaluations.suite_files import SuiteFile
from prompts.evaluations.tasks import sweep
from tests.fixtures.processes import wait_until
from tests.fixtures.stub import Answer
from tests.people import SHELL

CASES = int(os.environ.get("SOAK_CASES", "2000"))
ASSERTIONS = [{"type": "contains", "value": "{{decision}}"}, {"type": "regex", "value": r"\d+"}]


@pytest.fixture
def echo(stub_server):
    """A provider over HTTP that takes ten milliseconds to say what it is asked."""
    stub_server.answer("/echo", lambda asked: Answer({"output": asked.json()["prompt"]}, delay=0.01))
    return create_provider(
        actor=SHELL,
        name="echo",
        kind="http",
        base_url=f"{stub_server.url}/echo",
        parameters={"body": {"prompt": "{{prompt}}"}, "output": "output"},
    )


@pytest.fixture
def long_run(engineer, bank, version, echo):
    """A queued run of many cases."""
    told = {"threshold": None, "weight": 1, "tags": [], "description": "", "assertions": ASSERTIONS}
    cases = [{"name": f"case {at}", "vars": {"decision": f"number {at}"}, **told} for at in range(CASES)]
    file = SuiteFile(name="many", title="Many", cases=cases)
    suite = suite_from_file(actor=engineer, file=file, collection=bank)
    return start_run(
        actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[echo], concurrency=8
    )


def children_of(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def go_on(run):
    """The lease of whoever held the run passes, and the sweep finds it."""
    Run.objects.filter(pk=run.pk, state="running").update(lease_until=timezone.now())
    time.sleep(0.01)
    sweep()


def survives(real_worker, real_broker, run, echo_server):
    """Kills the worker's children, the worker, and the broker, each with some more results there."""

    def more_than(part):
        return lambda: run.results.count() > CASES * part

    sweep()
    wait_until(more_than(0.1))
    for pid in children_of(real_worker.pid):
        os.kill(pid, signal.SIGKILL)
    go_on(run)
    wait_until(more_than(0.3))
    real_worker.kill()
    there = run.results.count()
    real_worker.start()
    go_on(run)
    wait_until(more_than(there / CASES + 0.1))
    real_broker.kill()
    real_broker.start()
    go_on(run)
    end = time.monotonic() + 600

    def over():
        if not real_worker.alive():  # Celery may end when its broker goes; `serve` starts it again as well
            real_worker.start()
        found = Run.objects.get(pk=run.pk)
        if not found.is_over and found.lease_until and found.lease_until < timezone.now():
            sweep()
        return found.is_over

    wait_until(over, end - time.monotonic())
    run.refresh_from_db()
    assert (run.state, run.passed, run.failed, run.errors) == ("finished", CASES, 0, 0)
    each = run.results.values("case_name").annotate(count=Count("pk"))
    assert set(each.values_list("count", flat=True)) == {1}
    assert each.count() == CASES
    assert run.results_digest == results_digest(run)
    assert Event.objects.filter(event="evaluations.run.finished", subject=str(run)).count() == 1
    # What was asked and not stored yet was asked again; nothing else was.
    assert CASES <= len(echo_server.asked) < CASES * 1.5
    out = io.StringIO()
    call_command("verify_ledger", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"]


@pytest.mark.worker
@pytest.mark.timeout(900)
def test_a_run_survives_kills(real_worker, real_broker, long_run, stub_server):
    survives(real_worker, real_broker, long_run, stub_server)


@pytest.mark.worker
@pytest.mark.postgres
@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_run_survives_kills_on_postgresql(real_worker, real_broker, long_run, stub_server):
    survives(real_worker, real_broker, long_run, stub_server)
