"""Requests and tokens per minute: kept by all workers together, and waited for without losing a run."""

import json
import os
import subprocess
import sys
import time

import pytest

from audits.identity.errors import Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.models import Provider, Run
from prompts.evaluations.providers import Answer, Endpoint, NotNow, ProviderFault, Question, connect
from prompts.evaluations.providers.limits import Limits, expected_tokens, taken_tokens
from prompts.evaluations.providers.pace import OwnPace
from prompts.evaluations.providers.patience import LONGEST_WAIT, Patience
from prompts.evaluations.providers.shared_pace import SharedPace
from prompts.evaluations.services import work_on_run as work
from prompts.evaluations.services.providers import edit_provider
from prompts.evaluations.services.start_run import start_run
from tests.fixtures.stub import Answer as Sent
from tests.people import SHELL

OTHER_PROCESS = """
import portal.celery
import sys
from concurrent.futures import ThreadPoolExecutor
from prompts.evaluations.providers import Endpoint, Question, connect
from prompts.evaluations.providers.limits import Limits
told = {"body": "{{prompt}}", "output": "text"}
where = Endpoint("http", sys.argv[1], parameters=told, limits=Limits("7", requests=3, seconds=3))
with connect(where) as model, ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda _: model(Question([{"role": "user", "content": "?"}])), range(3)))
"""


@pytest.fixture(params=["own", "shared"])
def pace(request):
    """The limits of one process, and those in a real broker."""
    if request.param == "own":
        return OwnPace()
    request.getfixturevalue("real_broker")
    return SharedPace()


def test_two_processes_together_keep_one_limit(stub_server, process_env, real_broker):
    came = []

    def answer(asked):
        came.append(time.monotonic())
        return Sent({"text": "Good day."})

    stub_server.answer("/ask", answer)
    words = [sys.executable, "-c", OTHER_PROCESS, f"{stub_server.url}/ask"]
    env = {**os.environ, **process_env}
    both = [subprocess.Popen(words, env=env, stderr=subprocess.PIPE) for _ in range(2)]
    for one in both:
        _, said = one.communicate(timeout=60)
        assert one.returncode == 0, said.decode()
    assert len(came) == 6
    # A turn is given by the broker's clock and used a little later: the window that is looked at is shorter.
    assert max(sum(start <= at < start + 2 for at in came) for start in came) <= 3


def test_requests_are_counted_in_a_sliding_window(pace):
    limits = Limits("1", requests=2, seconds=0.4)
    assert [bool(pace.take(limits, 1)[0]) for _ in range(3)] == [True, True, False]
    _, wait = pace.take(limits, 1)
    assert 0 < wait <= 0.4
    time.sleep(wait)
    assert pace.take(limits, 1)[0]


def test_limits_of_another_provider_are_another_ones(pace):
    assert pace.take(Limits("1", requests=1), 1)[0]
    assert pace.take(Limits("2", requests=1), 1)[0]
    assert not pace.take(Limits("1", requests=1), 1)[0]


def test_tokens_are_reserved_and_set_right(pace):
    limits = Limits("1", tokens=100)
    ticket, _ = pace.take(limits, 80)
    assert not pace.take(limits, 30)[0]
    pace.settle(limits, ticket, 60)
    assert pace.take(limits, 30)[0]
    assert not pace.take(limits, 30)[0]


def test_a_question_larger_than_the_limit_waits_for_an_empty_window_and_then_goes(pace):
    limits = Limits("1", tokens=100, seconds=0.3)
    assert pace.take(limits, 1)[0]
    _, wait = pace.take(limits, 5000)
    time.sleep(wait)
    assert pace.take(limits, 5000)[0]


def test_a_pause_holds_for_everybody_and_is_never_shortened(real_broker):
    limits, one, other = Limits("1"), SharedPace(), SharedPace()
    one.pause(limits, 50)
    other.pause(limits, 1)
    assert 40 < other.take(limits, 1)[1] <= 50


def test_without_a_broker_a_process_keeps_the_limits_itself(real_broker):
    limits, pace = Limits("1", requests=1), SharedPace()
    assert pace.take(limits, 1)[0]
    real_broker.kill()
    assert pace.take(limits, 1)[0]
    assert not pace.take(limits, 1)[0]


class Busy(Exception):
    """What an SDK raises for 429."""

    status_code = 429

    def __init__(self, seconds):
        self.response = type("Response", (), {"headers": {"retry-after": str(seconds)}})


def test_a_provider_that_is_busy_is_left_alone_by_everybody():
    pace, limits = OwnPace(), Limits("1")
    until = time.monotonic() + 0.2
    with pytest.raises(NotNow):
        Patience(limits, until=until, pace=pace).ask(_raise(Busy(30)), 1, lambda _: None)
    assert 20 < pace.take(limits, 1)[1] <= 30
    asked = []
    with pytest.raises(NotNow):
        Patience(limits, until=until, pace=pace).ask(lambda: asked.append(1), 1, lambda _: None)
    assert asked == []


def test_a_pause_that_is_too_long_is_a_fault_for_whoever_comes_meanwhile():
    pace, limits = OwnPace(), Limits("1")
    pace.pause(limits, LONGEST_WAIT + 60)
    with pytest.raises(ProviderFault, match="limit is used up") as caught:
        Patience(limits, until=time.monotonic() + 60, pace=pace).ask(lambda: 1, 1, lambda _: None)
    assert caught.value.code == "rate_limited"


def _raise(error):
    def call():
        raise error

    return call


def test_what_a_question_will_take_is_estimated_and_what_it_took_is_read():
    question = Question([{"role": "user", "content": "x" * 4000}], settings={"max_tokens": "50"})
    assert 1050 <= expected_tokens(question, {}) < 1100
    assert taken_tokens(Answer("", input_tokens=3, output_tokens=4)) == 7
    assert taken_tokens(Answer("", input_tokens=3)) is None


@pytest.fixture
def slow(served):
    """A provider that may be asked twice a minute."""
    return edit_provider(actor=SHELL, provider_id=served.pk, changes={"requests_per_minute": "2"})


def test_a_run_waits_for_its_turn_beats_meanwhile_and_goes_on_later(
    engineer, version, suite, slow, stub_server, monkeypatch
):
    with connect(Endpoint("openai", slow.base_url, "m")) as model:  # loads the SDK before the clock runs
        model(Question([{"role": "user", "content": "?"}]))
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[slow])
    beats, beat = [], work.beat
    monkeypatch.setattr(work, "beat", lambda *told: (beats.append(told), beat(*told)))
    monkeypatch.setattr(work, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(work, "GRACE_SECONDS", 0.2)
    work.work_on_run(run_id=run.pk, budget_seconds=1.5)
    run.refresh_from_db()
    assert (run.state, run.results.count(), run.errors) == (Run.State.QUEUED, 2, 0)
    assert len(stub_server.asked) == 1 + 2
    assert len(beats) >= 4
    edit_provider(actor=SHELL, provider_id=slow.pk, changes={"requests_per_minute": ""})
    work.work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.results.count(), len(stub_server.asked)) == (Run.State.FINISHED, 3, 1 + 3)


def test_limits_are_told_in_the_trail_and_lifted_again(slow):
    told = Event.objects.filter(event="evaluations.provider.saved").order_by("-pk").first()
    assert json.loads(told.payload)["requests_per_minute"] == 2
    edit_provider(actor=SHELL, provider_id=slow.pk, changes={"requests_per_minute": None})
    assert Provider.objects.get(pk=slow.pk).requests_per_minute is None


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1e30"])
def test_a_limit_is_a_number(served, wrong):
    with pytest.raises(Unacceptable) as caught:
        edit_provider(actor=SHELL, provider_id=served.pk, changes={"tokens_per_minute": wrong})
    assert caught.value.field == "tokens_per_minute"
