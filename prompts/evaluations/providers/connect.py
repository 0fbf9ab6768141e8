"""From an endpoint to something that can be asked."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from audits.notices.outgoing import guarded_client
from prompts.evaluations.providers import anthropic_api, http_api, openai_api
from prompts.evaluations.providers.answers import Answer, ProviderFault, Question, checked, question_digest
from prompts.evaluations.providers.faults import fault
from prompts.evaluations.providers.limits import Limits, expected_tokens, taken_tokens
from prompts.evaluations.providers.patience import NotNow, Patience
from prompts.evaluations.providers.scrub import without, without_in

TOLD = ("output", "reasoning", "tool_calls", "finish_reason", "response_model")
"""What a server may have put a key into."""
MOST_RAW = 200_000
"""Letters of a body that are kept."""
RETRIES = 2
"""How often a question is asked again after 408, 409, 429, 5xx and lost connections."""

Model = Callable[[Question], Answer]
"""Answers a question or raises ``ProviderFault``; safe to call from several threads, touches no database."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider as it is needed to ask it; ``key`` is in the clear and must not be printed."""

    kind: str
    base_url: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    parameters: dict[str, Any] = field(default_factory=dict)
    timeout_seconds: float = 60.0
    retries: int = RETRIES
    limits: Limits = field(default_factory=Limits)

    def patience(self, until: float | None = None) -> Patience:
        """How this endpoint is waited for, until a moment of ``time.monotonic``."""
        return Patience(self.limits, self.retries, until)


@contextmanager
def connect(
    endpoint: Endpoint, recorded: Mapping[str, Answer] | None = None, until: float | None = None
) -> Iterator[Model]:
    """Something to ask, for as long as the block lasts.

    ``recorded`` holds the answers of a recorded provider by the digest of their question; with the parameter
    ``{"otherwise": "echo"}`` it answers any other question with the question's own text, so that templates
    and assertions are tried without a model. With ``until`` (of ``time.monotonic``) a question whose turn
    comes later raises ``NotNow``. Raises ``ProviderFault`` if the endpoint cannot be used at all.
    """
    if endpoint.kind == "recorded":
        echoes = endpoint.parameters.get("otherwise") == "echo"
        yield lambda question: _from_record(question, recorded or {}, echoes)
        return
    own = ""
    if endpoint.kind == "local":
        endpoint, own = _local(endpoint)
    with guarded_client(timeout_seconds=endpoint.timeout_seconds, own=own) as http:
        patience, heard = endpoint.patience(until), _Heard()
        http.event_hooks = {"response": [heard.listen]}
        try:
            yield _in_turn(_timed(_asker(endpoint, http)), endpoint, patience, heard)
        finally:
            patience.stop.set()


def _asker(endpoint: Endpoint, http: Any) -> Model:
    parameters = endpoint.parameters
    if endpoint.kind == "anthropic":
        anthropic = anthropic_api.client_for(endpoint.base_url, endpoint.key, http)
        return lambda question: anthropic_api.ask(anthropic, _model(endpoint, question), question, parameters)
    if endpoint.kind == "http":
        return lambda question: http_api.ask(
            http,
            endpoint.base_url,
            question,
            parameters,
            model=endpoint.model or str(question.settings.get("model") or ""),
            key=endpoint.key,
        )
    if endpoint.kind not in {"openai", "local"}:
        raise ProviderFault(f"There is no kind of provider {endpoint.kind!r}.")
    client = openai_api.client_for(endpoint.base_url, endpoint.key, http)
    ask = openai_api.ask_responses if parameters.get("api") == "responses" else openai_api.ask_chat
    return lambda question: ask(client, _model(endpoint, question), question, parameters)


def _model(endpoint: Endpoint, question: Question) -> str:
    model = endpoint.model or str(question.settings.get("model") or "")
    if not model:
        raise ProviderFault("Neither the provider nor the version names a model.", "no_model")
    return model


class _Heard(threading.local):
    """What the server sent last to this thread."""

    body = b""

    def listen(self, response: Any) -> None:
        """Reads the whole body; a stream is read from memory afterwards."""
        self.body = b""
        response.read()
        self.body = response.content

    def told(self, key: str) -> str:
        """The body as text, without the key, as far as it is kept."""
        return without(key, self.body[: 2 * MOST_RAW].decode("utf-8", "replace"))[:MOST_RAW]


def _timed(ask: Model) -> Model:
    """Adds the latency of the attempt that succeeded."""

    def timed(question: Question) -> Answer:
        began = time.perf_counter()
        answer = ask(question)
        return replace(answer, latency_ms=round((time.perf_counter() - began) * 1000))

    return timed


def _in_turn(ask: Model, endpoint: Endpoint, patience: Patience, heard: _Heard) -> Model:
    """Asks when it is the question's turn, and turns whatever goes wrong into a fault.

    A key that the server repeats stands neither in the answer nor in the fault.
    """
    key = endpoint.key

    def asked(question: Question) -> Answer:
        tokens = expected_tokens(question, endpoint.parameters)
        heard.body = b""
        try:
            answer = patience.ask(lambda: ask(question), tokens, taken_tokens)
        except NotNow:
            raise
        except Exception as error:  # noqa: BLE001  SDKs raise many things; a run goes on with an error result
            found = fault(error, key)
            found.raw = heard.told(key)
            raise found from None
        told = {name: without_in(key, getattr(answer, name)) for name in TOLD}
        return replace(answer, raw=heard.told(key), **told)

    return asked


def _from_record(question: Question, recorded: Mapping[str, Answer], echoes: bool) -> Answer:
    found = recorded.get(question_digest(question.messages)) if recorded else None
    if found is not None:
        return found
    if not echoes:
        raise ProviderFault("There is no recorded answer to this question.", "not_recorded")
    asked = "\n\n".join(str(message.get("content") or "") for message in question.messages)
    return checked(Answer(asked, label="the question itself"))


def _local(endpoint: Endpoint) -> tuple[Endpoint, str]:
    """The endpoint with the running local model's address, and that address as one of our own.

    The model serves on another port after each start and says so in a file, which is read anew each time.
    """
    try:
        found = json.loads((Path(settings.DATA_DIR) / "run" / "local-model.json").read_text(encoding="utf-8"))
        os.kill(int(found["pid"]), 0)
        url = str(found["url"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ProviderFault("The local model is not running.", "unreachable") from None
    model = endpoint.model or str(found.get("model") or "local")
    return replace(endpoint, base_url=url, model=model, key=""), url
