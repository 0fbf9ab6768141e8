"""What a provider sent is kept beside what was read from it, without the key."""

import json

import pytest

from prompts.evaluations.models import RawAnswer
from prompts.evaluations.providers import Endpoint, ProviderFault, Question, connect
from prompts.evaluations.providers.connect import MOST_RAW
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.fixtures.stub import Answer as Sent

KEY = "sk-secret-0123456789"
CHAT = "/v1/chat/completions"


@pytest.fixture
def done(engineer, version, suite, served):
    """Runs the suite to its end."""

    def go():
        run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served])
        return work_on_run(run_id=run.pk)

    return go


def ask(url, **fields):
    with connect(Endpoint("openai", f"{url}/v1", "m", KEY, retries=0, **fields)) as model:
        return model(Question([{"role": "user", "content": "?"}]))


def test_the_body_is_kept_as_it_came_in(done):
    result = done().results.first()
    told = json.loads(result.raw_answer.body)
    assert told["usage"] == {"prompt_tokens": 100, "completion_tokens": 10}


def test_the_body_behind_an_error_is_kept_too(done, stub_server):
    stub_server.answer(CHAT, Sent(b"<html>busy \x00</html>", 400, {"Content-Type": "text/html"}))
    run = done()
    assert run.errors == 3
    assert run.results.first().raw_answer.body == "<html>busy \ufffd</html>"


def test_a_key_that_a_server_repeats_stands_nowhere(done, stub_server):
    call = {"id": "1", "function": {"name": KEY, "arguments": json.dumps({"key": KEY})}}
    message = {"content": f"I was sent {KEY}.", "reasoning": f"{KEY}?", "tool_calls": [call]}
    stub_server.answer(CHAT, Sent({"model": KEY, "choices": [{"message": message, "finish_reason": KEY}]}))
    for result in done().results.all():
        assert KEY not in str(vars(result))
        assert result.output == "I was sent …."
    assert not RawAnswer.objects.filter(body__contains=KEY).exists()


def test_a_key_at_the_end_of_a_long_message_is_not_cut_in_two(stub_server):
    message = "x" * 290 + KEY
    stub_server.answer(CHAT, Sent({"error": {"message": message}}, 401))
    with pytest.raises(ProviderFault) as caught:
        ask(stub_server.url)
    assert "sk-s" not in caught.value.message
    assert KEY not in caught.value.raw


def test_a_stream_is_kept_as_well(stub_server):
    lines = [
        'data: {"model": "m", "choices": [{"index": 0, "delta": {"content": "Hi."}}]}',
        'data: {"model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}',
        "data: [DONE]",
    ]
    body = "\n\n".join([*lines, ""])
    stub_server.answer(CHAT, Sent(body.encode(), 200, {"Content-Type": "text/event-stream"}))
    answer = ask(stub_server.url, parameters={"stream": True})
    assert (answer.output, answer.raw) == ("Hi.", body)


def test_what_is_kept_has_an_end(stub_server):
    choice = {"message": {"content": "é" * 500_000}, "finish_reason": "stop"}
    stub_server.answer(CHAT, Sent({"choices": [choice]}))
    answer = ask(stub_server.url)
    assert (len(answer.output), len(answer.raw)) == (500_000, MOST_RAW)


def test_an_answer_without_end_is_given_up_once(stub_server):
    stub_server.answer(CHAT, Sent(b'"' + b"x" * 50_000_000))
    endless = Endpoint("openai", f"{stub_server.url}/v1", "m", KEY)
    with connect(endless) as model, pytest.raises(ProviderFault, match="longer than 16 MB") as caught:
        model(Question([{"role": "user", "content": "?"}]))
    assert (caught.value.code, len(stub_server.asked)) == ("bad_answer", 1)


def test_whoever_sees_the_run_reads_it_in_a_closed_frame(done, client, people):
    result = done().results.first()
    client.force_login(people.engineer)
    answer = client.get(f"/admin/evaluations/results/{result.pk}/received")
    assert b'"usage"' in answer.content
    assert answer["Content-Type"].startswith("text/plain")
    assert "sandbox" in answer["Content-Security-Policy"]
    client.force_login(people.stranger)
    assert client.get(f"/admin/evaluations/results/{result.pk}/received").status_code == 404
