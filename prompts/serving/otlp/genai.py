"""Which spans are model calls, and what they say: OpenTelemetry's GenAI conventions and their dialects.

Sources: semantic-conventions-genai (``gen_ai.*``, with the older names), OpenLLMetry (``llm.*``,
``traceloop.*``), OpenInference (``llm.*``, ``openinference.*``), Langfuse (``langfuse.*``).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from prompts.observability.records import CallData, clean, count, decimal, milliseconds
from prompts.serving.otlp.messages import as_text, came_out, parsed, went_in
from prompts.serving.otlp.spans import Attributes, Span

CALLS = {"chat", "text_completion", "generate_content", "embeddings", "embedding", "completion", "rerank"}
LANGFUSE_CALLS = {"generation", "embedding"}
OPENINFERENCE_CALLS = {"LLM", "EMBEDDING", "RERANKER"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

INPUT = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
)
OUTPUT = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
)
CACHED = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
    "llm.usage.cache_read_input_tokens",
)
REASONING = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning",
    "llm.usage.reasoning_tokens",
)
USAGE_NAMES = {
    "input_tokens": ("input", "prompt_tokens", "input_tokens", "promptTokens"),
    "output_tokens": ("output", "completion_tokens", "output_tokens", "completionTokens"),
    "cached_tokens": ("input_cached_tokens", "cache_read_input_tokens", "input_cache_read", "cached_tokens"),
    "reasoning_tokens": ("output_reasoning_tokens", "reasoning_tokens", "output_reasoning"),
}
"""Names of counts within Langfuse's ``usage_details``."""


def is_call(told: Attributes) -> bool:
    """Whether the span is one model call, and not an agent, a tool or a chain around it."""
    if kind := told.get("langfuse.observation.type"):
        return str(kind) in LANGFUSE_CALLS
    if kind := told.get("openinference.span.kind"):
        return str(kind).upper() in OPENINFERENCE_CALLS
    if operation := told.get("gen_ai.operation.name"):
        return str(operation) in CALLS
    if told.get("traceloop.span.kind"):
        return False
    return any(name in told for name in ("gen_ai.request.model", "gen_ai.response.model", "llm.request.type"))


def calls_of(spans: Iterable[Span]) -> list[CallData]:
    """The model calls among the spans."""
    return [to_call(span) for span in spans if is_call(span.attributes)]


def to_call(span: Span) -> CallData:
    """What a call's span says."""
    told, resource = span.attributes, span.resource
    output, reasoning = came_out(span)
    usage = usage_of(told)
    request_model = first(
        told, "gen_ai.request.model", "llm.request.model_name", "langfuse.observation.model.name"
    )
    response_model = first(told, "gen_ai.response.model", "llm.response.model_name", "llm.model_name")
    name, version = prompt_of(told)
    return CallData(
        trace_id=span.trace_id,
        span_id=span.span_id,
        started_at=started(span.start_ns),
        name=clean(span.name, 200),
        provider=clean(
            first(told, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"), 80
        ).lower(),
        request_model=clean(request_model or asked_model(told) or response_model, 200),
        response_model=clean(response_model, 200),
        cost=cost_of(told),
        latency_ms=milliseconds((span.end_ns - span.start_ns) / 1e9) if span.end_ns else None,
        finish_reason=clean(finish_of(told), 80),
        prompt_name=clean(name, 255),
        version_number=count(version),
        environment=clean(
            first(told, "langfuse.environment", "deployment.environment.name", "deployment.environment")
            or first(
                resource, "langfuse.environment", "deployment.environment.name", "deployment.environment"
            ),
            80,
        ),
        arm=clean(first(told, "imprimatur.arm", "langfuse.observation.metadata.arm"), 80),
        session=clean(first(told, "session.id", "gen_ai.conversation.id", "langfuse.session.id"), 200),
        user=clean(first(told, "user.id", "enduser.id", "langfuse.user.id", "llm.user"), 200),
        error=clean(error_of(span)),
        input=clean(went_in(span)),
        output=clean(output),
        reasoning=clean(reasoning),
        **usage,
    )


def started(nanoseconds: int) -> datetime:
    """The time, to the microsecond; now where the span names none."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000) if nanoseconds else datetime.now(UTC)


def first(told: Attributes, *names: str) -> Any:
    """The first of these attributes that is there and not empty; an empty text if none is."""
    for name in names:
        if (value := told.get(name)) not in (None, ""):
            return value
    return ""


def usage_of(told: Attributes) -> dict[str, Any]:
    """Counts of tokens; input includes cached ones, output includes reasoning (GenAI conventions)."""
    details = parsed(told.get("langfuse.observation.usage_details"))
    if isinstance(details, dict):
        return {name: count(first(details, *names)) for name, names in USAGE_NAMES.items()}
    return {
        "input_tokens": count(first(told, *INPUT)),
        "output_tokens": count(first(told, *OUTPUT)),
        "cached_tokens": count(first(told, *CACHED)),
        "reasoning_tokens": count(first(told, *REASONING)),
    }


def cost_of(told: Attributes) -> Any:
    """US dollars as told, or None."""
    details = parsed(told.get("langfuse.observation.cost_details"))
    if isinstance(details, dict):
        if (total := decimal(details.get("total"))) is not None:
            return total
        parts = [part for part in map(decimal, details.values()) if part is not None]
        return sum(parts) if parts else None
    return decimal(first(told, "gen_ai.usage.cost", "llm.cost.total", "gen_ai.usage.total_cost"))


def asked_model(told: Attributes) -> Any:
    """The model within OpenInference's invocation parameters."""
    parameters = parsed(told.get("llm.invocation_parameters"))
    return parameters.get("model") if isinstance(parameters, dict) else None


def finish_of(told: Attributes) -> str:
    """Why the model stopped; several reasons stand behind one another."""
    value = parsed(
        first(
            told, "gen_ai.response.finish_reasons", "llm.finish_reason", "gen_ai.completion.0.finish_reason"
        )
    )
    if isinstance(value, list):
        return ",".join(dict.fromkeys(str(item) for item in value))
    return as_text(value)


def prompt_of(told: Attributes) -> tuple[Any, Any]:
    """(name, version number) of the prompt that was used."""
    name = first(
        told,
        "langfuse.observation.prompt.name",
        "gen_ai.prompt.name",
        "llm.prompt_template.name",
        "prompt.name",
        "prompt.id",
        "traceloop.prompt.key",
    )
    version = first(
        told,
        "langfuse.observation.prompt.version",
        "gen_ai.prompt.version",
        "llm.prompt_template.version",
        "prompt.version",
        "traceloop.prompt.version",
    )
    return name, str(version).removeprefix("v") if version != "" else None


def error_of(span: Span) -> str:
    """What went wrong; empty for a call that went well."""
    told = span.attributes
    kind = first(told, "error.type", "exception.type")
    if not span.failed and not kind and told.get("langfuse.observation.level") != "ERROR":
        return ""
    for name, event in span.events:
        if name == "exception" and not span.message:
            return as_text(first(event, "exception.message", "exception.type")) or "error"
    message = span.message or as_text(told.get("langfuse.observation.status_message"))
    return f"{kind}: {message}" if kind and message else as_text(kind) or message or "error"
