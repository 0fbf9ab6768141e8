"""A few real calls for the dashboards of use: asked of the local model, told with a key."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from audits.identity.actors import Actor
from audits.identity.models import ServiceAccount
from audits.identity.services.keys import create_key
from portal.demo.script import DemoPrompt
from prompts.evaluations.providers import Answer, Endpoint, ProviderFault, connect
from prompts.evaluations.rendering import question_for
from prompts.observability.models import Call
from prompts.observability.records import CallData
from prompts.observability.services.take_in_calls import take_in_calls
from prompts.registry.models import Version
from prompts.releases.models import Release

KEY = "demo-assistant"
PARAMETERS = {"temperature": "0", "max_tokens": 48}
EACH = 2
"""Calls per prompt: the first start should not wait long for a small model on a slow machine."""


def make_calls(shell: Actor, told: list[DemoPrompt], say: Callable[[str], None]) -> int:
    """Asks the local model the first cases of these prompts' live versions; none where the model is away."""
    if Call.objects.filter(account=KEY).exists():
        return 0
    account = ServiceAccount.objects.filter(name=KEY).first() or _key(shell)
    calls: list[CallData] = []
    try:
        endpoint = Endpoint(kind="local", parameters=PARAMETERS, timeout_seconds=10, retries=0)
        with connect(endpoint) as model:
            for prompt in told:
                version = _live(prompt.name)
                for case in prompt.cases[:EACH]:
                    question = question_for(shell, version, case.vars)
                    began = datetime.now(UTC)
                    calls.append(_call(version, question.messages[-1]["content"], model(question), began))
    except ProviderFault as fault:
        say(f"fewer live calls: {fault.message}")
    return take_in_calls(actor=Actor.for_account(account), calls=calls)


def _key(shell: Actor) -> ServiceAccount:
    return create_key(
        actor=shell,
        name=KEY,
        all_collections=True,
        environments=["production"],
        protected_environments=["production"],
        verbs=["read", "ingest"],
    ).account


def _live(name: str) -> Version:
    rows = Release.objects.filter(prompt__name=name, environment__slug="production", state="live")
    return rows.select_related("version__prompt").get().version


def _call(version: Version, asked: str, answer: Answer, began: datetime) -> CallData:
    return CallData(
        trace_id=secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        started_at=began,
        ended_at=began + timedelta(milliseconds=answer.latency_ms or 0),
        latency_ms=answer.latency_ms,
        name=version.prompt.name,
        provider="local",
        request_model=answer.response_model,
        response_model=answer.response_model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        finish_reason=answer.finish_reason,
        prompt_name=version.prompt.name,
        version_number=version.number,
        environment="production",
        input=asked,
        output=answer.output,
    )
