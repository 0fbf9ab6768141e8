"""Real answers behind a local server, asked for through the unmodified SDKs."""

import json

import pytest

from prompts.evaluations.providers import Answer, Endpoint, ProviderFault, Question, connect, question_digest
from tests.evaluations import exchanges
from tests.fixtures.stub import Answer as Sent

KEY = "sk-secret-0123456789"
EVENTS = {"Content-Type": "text/event-stream"}
HELLO = Question(messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}])


def endpoint(stub, kind="openai", **fields):
    base = f"{stub.url}/v1" if kind == "openai" else stub.url
    return Endpoint(kind=kind, base_url=base, model="m", key=KEY, retries=0, timeout_seconds=2, **fields)


def ask(where, question=HELLO):
    with connect(where) as model:
        return model(question)


def serve(stub, exchange):
    """Prepares the exchange and returns the endpoint that would have caused it."""
    sse = exchange.get("sse")
    headers = {"Content-Type": "text/event-stream"} if sse else {}
    body = sse.encode() if sse else exchange["response"]
    stub.answer(exchange["path"], Sent(body, exchange["status"], headers))
    parameters = {"stream": bool(sse), "max_tokens": 100}
    if exchange["path"].endswith("/responses"):
        parameters["api"] = "responses"
    kind = "anthropic" if exchange["path"].endswith("/messages") else "openai"
    return endpoint(stub, kind, parameters=parameters)


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_every_recorded_answer_is_read_as_it_was_sent(stub_server, samples, name):
    read = 0
    for exchange in exchanges.load(samples, name):
        if exchange["status"] != 200 or exchange["path"].endswith("/embeddings"):
            continue
        answer = ask(serve(stub_server, exchange))
        assert answer.output == exchanges.text(exchange), exchange["id"]
        told = exchanges.usage(exchange)
        if any(told):
            assert (answer.input_tokens, answer.output_tokens) == told, exchange["id"]
        assert bool(answer.tool_calls) == ("tool-call" in exchange["features"]), exchange["id"]
        assert answer.finish_reason in {"stop", "tool_calls", "length"}, exchange["id"]
        assert answer.response_model, exchange["id"]
        read += 1
    assert read >= 3


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_thinking_is_kept_apart_from_the_answer(stub_server, samples, name):
    seen = 0
    for exchange in exchanges.load(samples, name):
        raw = exchange.get("sse") or str(exchange.get("response"))
        if exchange["status"] != 200 or not (
            "thinking_delta" in raw or "'thinking':" in raw or "summary_text" in raw
        ):
            continue
        answer = ask(serve(stub_server, exchange))
        seen += bool(answer.reasoning)
        assert not answer.reasoning or answer.reasoning not in answer.output
    assert seen >= 1


@pytest.mark.parametrize("name", ["openai"])
def test_recorded_errors_become_faults(stub_server, samples, name):
    for exchange in exchanges.load(samples, name):
        if exchange["status"] != 200:
            with pytest.raises(ProviderFault, match=str(exchange["status"])):
                ask(serve(stub_server, exchange))


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (Sent({"error": {"message": f"Incorrect API key: {KEY}"}}, 401), "unauthorized"),
        (Sent({"error": {"message": "no such model"}}, 404), "not_found"),
        (Sent({"error": {"message": "slow down"}}, 429), "rate_limited"),
        (Sent(b"<html>down</html>", 500, {"Content-Type": "text/html"}), "provider_error"),
        (Sent(b"", 200), "bad_answer"),
        (Sent(b"{not JSON", 200), "bad_answer"),
        (Sent(b"<html>hi</html>", 200, {"Content-Type": "text/html"}), "bad_answer"),
        (Sent({"choices": [], "content": []}, 200), "empty_answer"),
        (Sent({"surprise": None}, 200), "bad_answer"),
        (Sent(b"", 302, {"Location": "http://169.254.169.254/"}), "outgoing_refused"),
        (Sent({}, 200, delay=3), "timeout"),
    ],
)
def test_whatever_goes_wrong_is_a_clear_fault_without_the_key(stub_server, kind, sent, code):
    path = "/v1/chat/completions" if kind == "openai" else "/v1/messages"
    stub_server.answer(path, sent)
    with pytest.raises(ProviderFault) as caught:
        ask(endpoint(stub_server, kind))
    assert caught.value.code == code, caught.value.message
    assert KEY not in caught.value.message
    assert len(stub_server.asked) == 1


def test_a_server_that_is_not_there_is_unreachable():
    with pytest.raises(ProviderFault, match="cannot be reached"):
        ask(Endpoint(kind="openai", base_url="http://127.0.0.1:9/v1", model="m", retries=0))


def test_a_private_address_is_refused(settings, stub_server):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    with pytest.raises(ProviderFault, match="inside the network"):
        ask(endpoint(stub_server))
    assert stub_server.asked == []


def test_settings_and_tools_reach_the_provider(stub_server):
    exchange = exchanges.load(None, "anthropic")[0]
    where = serve(stub_server, exchange)
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    ask(where, Question(HELLO.messages, settings={"temperature": "0.5", "stop": "END"}, tools=[tool]))
    sent = stub_server.asked[0].json()
    assert (sent["temperature"], sent["stop_sequences"], sent["system"]) == (0.5, ["END"], "Be kind.")
    assert sent["tools"] == [{"name": "look", "description": "", "input_schema": {"type": "object"}}]
    assert [message["role"] for message in sent["messages"]] == ["user"]


def test_thinking_inside_the_text_is_moved_out(stub_server):
    message = {"role": "assistant", "content": "<think>2 + 2</think>\n\n4"}
    stub_server.answer(
        "/v1/chat/completions", Sent({"choices": [{"message": message, "finish_reason": "stop"}]})
    )
    answer = ask(endpoint(stub_server))
    assert (answer.output, answer.reasoning, answer.input_tokens) == ("4", "2 + 2", None)


def test_a_recorded_answer_is_given_to_its_question_only():
    record = {question_digest(HELLO.messages): Answer("Good day.", label="recorded in March")}
    with connect(Endpoint(kind="recorded"), record) as model:
        assert model(HELLO).output == "Good day."
        with pytest.raises(ProviderFault, match="no recorded answer"):
            model(Question([{"role": "user", "content": "Hello!"}]))


def test_the_local_model_is_found_by_its_file(settings, tmp_path, stub_server):
    import json
    import os

    settings.DATA_DIR, settings.OUTGOING_ALLOWED_NETWORKS = tmp_path, []
    (tmp_path / "run").mkdir()
    with pytest.raises(ProviderFault, match="not running"):
        ask(Endpoint(kind="local"))
    told = {"url": f"{stub_server.url}/v1", "model": "small", "pid": os.getpid()}
    (tmp_path / "run" / "local-model.json").write_text(json.dumps(told))
    stub_server.answer("/v1/chat/completions", Sent({"choices": [{"message": {"content": "Hi."}}]}))
    assert ask(Endpoint(kind="local", retries=0)).output == "Hi."
    assert stub_server.asked[0].json()["model"] == "small"


@pytest.mark.parametrize("stream", [False, True])
def test_the_certainty_of_tokens_is_read_where_it_was_asked_for(stub_server, stream):
    told = {"content": [{"token": "A", "logprob": -0.5}, {"token": "B", "logprob": -1}]}
    part = {"index": 0, "logprobs": told, "finish_reason": "stop"}
    body, headers = {"choices": [{**part, "message": {"content": "AB"}}]}, {}
    if stream:
        chunk = {"choices": [{**part, "delta": {"content": "AB"}}]}
        body, headers = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode(), EVENTS
    stub_server.answer("/v1/chat/completions", Sent(body, 200, headers))
    answer = ask(endpoint(stub_server, parameters={"logprobs": True, "stream": stream}))
    assert (answer.output, answer.logprobs) == ("AB", [-0.5, -1.0])
    assert stub_server.asked[0].json()["logprobs"] is True


def test_what_a_filter_held_back_is_an_answer(stub_server):
    choice = {"message": {"content": None}, "finish_reason": "content_filter"}
    stub_server.answer("/v1/chat/completions", Sent({"choices": [choice]}))
    answer = ask(endpoint(stub_server))
    assert (answer.output, answer.finish_reason) == ("", "content_filter")
