"""What graders ask outside of themselves: judges, embedders and webhooks, through real connections."""

import io
import json
import sys
from contextlib import ExitStack

import pytest
from django.core.management import CommandError, call_command

from prompts.evaluations import minilm
from prompts.evaluations.graders import Context, ToolFault, Tools, grade_one
from prompts.evaluations.grading_tools import post_json, tools_for
from tests.fixtures.stub import Answer as Sent

KNOWN = [0.0676569, 0.0634959, 0.0487131, 0.0793050]
"""The first numbers that the model's own page gives for its example sentence."""


def grade(monkeypatch, *lines, **options):
    raw = "\n".join(json.dumps(line) for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    out = io.StringIO()
    call_command("grade", stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def says(stub, text):
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    stub.answer("/v1/chat/completions", Sent({"model": "m-1", "choices": [choice]}))


@pytest.fixture
def embedder():
    """The embedded embedder; its weights are part of the installation."""
    found = minilm.embedded()
    assert found is not None
    return found


def test_the_embedded_embedder_gives_the_models_own_numbers(embedder):
    (vector,) = embedder(["This is an example sentence"])
    assert vector[:4] == pytest.approx(KNOWN, abs=1e-5)
    assert sum(part * part for part in vector) == pytest.approx(1)


def test_the_embedded_embedder_tells_paraphrases_from_others(embedder):
    first, near, far, long = embedder(
        ["A man is playing a guitar.", "Someone plays an instrument.", "Shares fell today.", "word " * 5000]
    )
    assert sum(map(float.__mul__, first, near)) > 0.6 > 0.2 > sum(map(float.__mul__, first, far))
    assert len(long) == 384


@pytest.mark.parametrize(
    ("assertion", "passes"),
    [
        ({"type": "similar", "value": "Someone plays an instrument.", "threshold": 0.6}, True),
        ({"type": "similar", "value": "Someone plays an instrument."}, False),
        ({"type": "similar", "value": ["Shares fell.", "A man is playing a guitar."]}, True),
        ({"type": "not-similar", "value": "Shares fell.", "threshold": 0.3}, True),
        ({"type": "not-similar", "value": ["Shares fell.", "A man is playing a guitar."]}, False),
        ({"type": "similar:dot", "value": "A man is playing a guitar."}, True),
        ({"type": "similar:euclidean", "value": "A man is playing a guitar.", "threshold": 0.1}, True),
        ({"type": "similar:euclidean", "value": "Shares fell.", "threshold": 0.5}, False),
        ({"type": "not-similar:euclidean", "value": "Shares fell.", "threshold": 0.5}, True),
    ],
)
def test_meanings_are_compared(embedder, assertion, passes):
    context = Context(tools=Tools(embed=embedder))
    assert grade_one(assertion, "A man is playing a guitar.", context).passed is passes


def test_the_command_embeds_by_itself(monkeypatch):
    line = {"id": 1, "output": "Hello", "assert": {"type": "similar", "value": "Hello"}}
    (found,) = grade(monkeypatch, line, embedder="minilm")
    assert (found["pass"], round(found["score"], 6)) == (True, 1.0)


@pytest.mark.django_db
def test_the_command_asks_the_provider_it_was_given(monkeypatch, served, stub_server):
    says(stub_server, '{"pass": false, "score": 0.25, "reason": "curt"}')
    line = {"id": 1, "output": "No.", "assert": {"type": "llm-rubric", "value": "is polite"}}
    (found,) = grade(monkeypatch, line, provider="served")
    assert found == {"id": 1, "pass": False, "score": 0.25, "reason": "curt"}
    sent = stub_server.asked[-1].json()["messages"]
    assert [message["role"] for message in sent] == ["system", "user"]
    assert '<output>"No."</output>' in sent[1]["content"]


@pytest.mark.django_db
def test_a_provider_embeds_and_moderates(served, stub_server):
    vectors = [{"index": 1, "embedding": [0.0, 1.0]}, {"index": 0, "embedding": [1.0, 0.0]}]
    stub_server.answer("/v1/embeddings", Sent({"data": vectors, "model": "e", "usage": {}}))
    flags = {"categories": {"hate": True, "violence": False}, "flagged": True, "category_scores": {}}
    stub_server.answer("/v1/moderations", Sent({"id": "1", "model": "m", "results": [flags]}))
    with ExitStack() as stack:
        tools = tools_for(stack, provider="served", embedder="served")
        assert tools.embed(["a", "b"]) == [[1.0, 0.0], [0.0, 1.0]]
        assert tools.moderate("p", "o").keys() == {"hate"}


@pytest.mark.django_db
def test_a_provider_that_fails_is_an_error_of_the_line(monkeypatch, served, stub_server):
    stub_server.answer("/v1/chat/completions", Sent({"error": {"message": "no"}}, status=401))
    line = {"id": 1, "output": "x", "assert": {"type": "not-llm-rubric", "value": "polite"}}
    (found,) = grade(monkeypatch, line, provider="served")
    assert "the judge gave no answer" in found["error"]
    assert "sk-secret" not in found["error"]


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["provider", "embedder"])
def test_a_name_that_is_nobodys_is_bad_usage(monkeypatch, option):
    with pytest.raises(CommandError, match="no provider 'nobody'") as caught:
        grade(monkeypatch, **{option: "nobody"})
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("answer", "plain", "turned"),
    [
        (Sent({"pass": True}), (True, 1.0), (False, 0.0)),
        (Sent({"pass": False, "score": 0.3}), (False, 0.3), (True, 0.7)),
        (Sent({"pass": "true"}), (False, 0.0), (False, 0.0)),
        (Sent({"pass": True, "score": 3}), (False, 0.0), (False, 0.0)),
        (Sent({"pass": True}, status=500), (False, 0.0), (False, 0.0)),
        (Sent(b"no JSON"), (False, 0.0), (False, 0.0)),
    ],
)
def test_a_webhook_decides(stub_server, answer, plain, turned):
    stub_server.answer("/judge", answer)
    context = Context(prompt="Greet", vars={"name": "Ada"}, tools=Tools(post=post_json))
    for kind, wanted in (("webhook", plain), ("not-webhook", turned)):
        found = grade_one({"type": kind, "value": f"{stub_server.url}/judge"}, "Hello", context)
        assert (found.passed, found.score) == (wanted[0], pytest.approx(wanted[1]))
    sent = stub_server.asked[-1].json()
    assert sent == {"output": "Hello", "context": {"prompt": "Greet", "vars": {"name": "Ada"}}}


def test_a_webhook_leads_to_no_private_address(settings, stub_server):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    with pytest.raises(ToolFault, match="inside the network"):
        post_json(f"{stub_server.url}/judge", {})
    assert stub_server.asked == []
