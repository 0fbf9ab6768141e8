"""An endpoint that takes JSON and answers with JSON, described by the provider's settings."""

import time

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.connections import endpoint_of
from prompts.evaluations.providers import ProviderFault, Question, connect
from prompts.evaluations.services.providers import create_provider
from tests.fixtures.stub import Answer as Sent
from tests.people import SHELL

TOLD = {
    "headers": {"X-Key": "Token {{key}}"},
    "body": {"text": "{{prompt}}", "all": "{{messages}}", "to": "{{model}}", "n": 1},
    "output": "data.0.text",
    "input_tokens": "usage.in",
    "output_tokens": "usage.out",
    "answered_by": "by",
}
ASKED = [{"role": "user", "content": 'Say {{key}} "quoted".'}]
GOOD = {"data": [{"text": "Here."}], "usage": {"in": 3, "out": 1}, "by": "h-1"}


@pytest.fixture
def ask(stub_server, db):
    """Creates the provider and asks it."""

    def go(*answers, timeout_seconds=60, **changes):
        stub_server.answer("/ask", *answers)
        row = create_provider(
            actor=SHELL, name="http", kind="http", base_url=f"{stub_server.url}/ask", model="h",
            key="secret-0123456789", parameters={**TOLD, **changes}, timeout_seconds=timeout_seconds,
        )  # fmt: skip
        with connect(endpoint_of(row)) as model:
            return model(Question(ASKED))

    return go


def test_the_body_is_filled_in_and_the_answer_found(ask, stub_server):
    answer = ask(Sent(GOOD))
    (sent,) = stub_server.asked
    assert sent.json() == {"text": ASKED[0]["content"], "all": ASKED, "to": "h", "n": 1}
    assert sent.headers["x-key"] == "Token secret-0123456789"
    assert (answer.output, answer.input_tokens, answer.output_tokens) == ("Here.", 3, 1)
    assert answer.response_model == "h-1"


def test_a_placeholder_in_the_question_stays_as_it_is(ask, stub_server):
    ask(Sent(GOOD))
    assert "secret" not in stub_server.asked[0].body.decode()


@pytest.mark.parametrize(("status", "seconds"), [(429, 1), (503, 1), (529, 0)])
def test_it_is_asked_again_no_sooner_than_the_provider_says(ask, stub_server, status, seconds):
    came = []

    def refuse(asked):
        came.append(time.monotonic())
        return Sent({}, status, {"Retry-After": str(seconds)})

    def accept(asked):
        came.append(time.monotonic())
        return Sent(GOOD)

    assert ask(refuse, accept).output == "Here."
    assert len(stub_server.asked) == 2
    assert came[1] - came[0] >= seconds


def test_a_wait_too_long_is_a_fault_at_once(ask, stub_server):
    with pytest.raises(ProviderFault) as caught:
        ask(Sent({}, 429, {"Retry-After": "3600"}))
    assert (caught.value.code, len(stub_server.asked)) == ("rate_limited", 1)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (Sent(b""), "bad_answer"),
        (Sent(b'{"data": [{"te'), "bad_answer"),
        (Sent(b"<html>"), "bad_answer"),
        (Sent({"data": []}), "bad_answer"),
        (Sent({"data": [{"text": ""}]}), "empty_answer"),
        (Sent({"error": "no"}, 401), "unauthorized"),
        (Sent(b"[" * 100_000), "bad_answer"),
        (Sent(b'"' + b"x" * 50_000_000), "bad_answer"),
    ],
)
def test_what_is_no_answer_is_told_clearly(ask, sent, code):
    with pytest.raises(ProviderFault) as caught:
        ask(sent)
    assert caught.value.code == code


def test_a_slow_answer_is_a_fault(ask):
    with pytest.raises(ProviderFault) as caught:
        ask(Sent(GOOD, delay=3), timeout_seconds=1)
    assert caught.value.code == "timeout"


def test_a_key_that_is_sent_back_is_struck_out(ask):
    with pytest.raises(ProviderFault) as caught:
        ask(Sent({"error": {"message": "bad key secret-0123456789"}}, 400))
    assert "secret" not in caught.value.message


def test_addresses_inside_the_network_are_refused(ask, settings):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    with pytest.raises(ProviderFault) as caught:
        ask(Sent(GOOD))
    assert caught.value.code == "outgoing_refused"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"output": ""}, "output is a path"),
        ({"body": {"text": "fixed"}}, "nothing would be asked"),
        ({"body": {"text": "{{prompt}} {{nonsense}}"}}, "no placeholder 'nonsense'"),
        ({"headers": {"Host": "other"}}, "no header to set"),
        ({"headers": {"X": "a\r\nB: c"}}, "plain characters"),
        ({"method": "TRACE"}, "method is one of"),
        ({"url": "http://other"}, "no part of"),
    ],
)
def test_a_wrong_description_is_refused_when_it_is_saved(ask, changes, words):
    with pytest.raises(Unacceptable, match=words) as caught:
        ask(Sent(GOOD), **changes)
    assert caught.value.field == "parameters"
