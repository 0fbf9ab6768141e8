"""What graders may ask outside of themselves, made from providers and the guard of outgoing calls."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from audits.identity.errors import GovernedError, NotThere
from audits.notices.outgoing import guarded_client
from prompts.evaluations import minilm
from prompts.evaluations.connections import endpoint_of, recorded_answers
from prompts.evaluations.graders import ToolFault, Tools
from prompts.evaluations.graders.outcome import Message, ToolRefused
from prompts.evaluations.models import Provider
from prompts.evaluations.providers import ProviderFault, Question, connect
from prompts.evaluations.providers.side_doors import Embed, embedding_door, moderator
from prompts.evaluations.webhook_hosts import host_fault

MINILM = {"minilm", "local", "all-minilm-l6-v2"}
"""Names of the embedded embedder."""
WEBHOOK_SECONDS = 5.0
P = ParamSpec("P")
R = TypeVar("R")


def _told(call: Callable[P, R]) -> Callable[P, R]:
    """The same call, whose faults are those that graders know."""

    @wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except (ProviderFault, GovernedError) as error:
            raise ToolFault(error.message) from None

    return wrapped


def _provider(name: str) -> Provider:
    found = Provider.objects.filter(name=name, is_active=True).first()
    if found is None:
        raise NotThere(f"There is no provider {name[:80]!r} in use.")
    return found


def post_json(url: str, body: Any) -> Any:
    """Posts JSON through the guard and returns the JSON that comes back; raises ``ToolFault``."""
    try:
        with guarded_client(timeout_seconds=WEBHOOK_SECONDS) as client:
            answer = client.post(url, json=body)
            if not 200 <= answer.status_code < 300:
                raise ToolFault(f"the address answered with the status {answer.status_code}")
            return json.loads(answer.content)
    except ToolFault:
        raise
    except GovernedError as error:
        raise ToolFault(error.message) from None
    except (ValueError, RecursionError):
        raise ToolFault("the address did not answer with JSON") from None
    except Exception as error:  # noqa: BLE001  the client raises many things, all of them mean no answer
        raise ToolFault(f"the address cannot be reached ({type(error).__name__})") from None


def post_to_allowed(url: str, body: Any) -> Any:
    """``post_json`` to a host that webhook assertions may send outputs to; else ``ToolRefused``."""
    if words := host_fault(url):
        raise ToolRefused(words)
    return post_json(url, body)


def _embedded(texts: list[str]) -> list[list[float]]:
    """By the embedded embedder, which is loaded when first asked."""
    found = minilm.embedded()
    if found is None:
        raise ToolFault("The embedded embedder is not installed: it is part of requirements-models.txt.")
    return found(texts)


OWN_TOOLS = Tools(embed=_embedded, post=post_to_allowed)
"""What every run may ask: the embedded embedder and the web."""


def bench_for(
    stack: ExitStack, *, judge: Provider | None, embedder: str, until: float | None = None
) -> Tools:
    """The tools of a run beside its judge's answers; they last as long as ``stack``, and wait ``until``.

    What cannot be asked is there all the same and says why when it is asked: other assertions go on.
    """
    tools = OWN_TOOLS
    if judge is not None and judge.kind == Provider.Kind.OPENAI:
        try:
            door = moderator(endpoint_of(judge), until)
            tools = replace(tools, moderate=_told(stack.enter_context(door)))
        except (ProviderFault, GovernedError) as error:
            tools = replace(tools, moderate=_silent(error.message))
    if embedder and embedder.lower() not in MINILM:
        try:
            vectors = embedding_door(endpoint_of(_provider(embedder)), until)
            tools = replace(tools, embed=_told(stack.enter_context(vectors)))
        except (ProviderFault, GovernedError) as error:
            tools = replace(tools, embed=_silent(error.message))
    return tools


def _silent(message: str) -> Callable[..., Any]:
    def refuse(*_: object) -> Any:
        raise ToolFault(message)

    return refuse


def tools_for(stack: ExitStack, *, provider: str | None = None, embedder: str | None = None) -> Tools:
    """Tools that last as long as ``stack``.

    ``provider`` and ``embedder`` are names of providers in use, ``minilm`` is the embedded embedder. Raises
    ``GovernedError`` for a name that is none, ``ToolFault`` for one that cannot be asked.
    """
    judge = moderate = None
    embed: Embed | None = None
    try:
        if provider:
            row = _provider(provider)
            model = stack.enter_context(connect(endpoint_of(row), recorded_answers(row)))

            def ask(messages: list[Message]) -> str:
                return model(Question(messages=list(messages))).output

            judge = _told(ask)
            if row.kind == Provider.Kind.OPENAI:
                moderate = _told(stack.enter_context(moderator(endpoint_of(row))))
        if embedder and embedder.lower() in MINILM:
            embed = minilm.embedded()
            if embed is None:
                raise ToolFault(
                    "The embedded embedder is not installed: it is part of requirements-models.txt."
                )
        elif embedder:
            embed = _told(stack.enter_context(embedding_door(endpoint_of(_provider(embedder)))))
    except ProviderFault as error:
        raise ToolFault(error.message) from None
    return Tools(judge=judge, embed=embed, moderate=moderate, post=post_json)
