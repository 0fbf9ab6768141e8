"""From a provider's row to what is needed to ask it."""

from prompts.evaluations import secrets
from prompts.evaluations.models import Provider, RecordedAnswer
from prompts.evaluations.providers import Answer, Endpoint
from prompts.evaluations.providers.limits import Limits


def endpoint_of(provider: Provider) -> Endpoint:
    """The endpoint with its key in the clear; raises ``KeyLost``."""
    return Endpoint(
        kind=provider.kind,
        base_url=provider.base_url,
        model=provider.model,
        key=secrets.decrypt(provider.encrypted_key),
        parameters=provider.parameters,
        timeout_seconds=float(provider.timeout_seconds),
        limits=Limits(str(provider.pk), provider.requests_per_minute, provider.tokens_per_minute),
    )


def recorded_answers(provider: Provider) -> dict[str, Answer]:
    """A recorded provider's answers by the digest of their question; empty for every other kind."""
    if provider.kind != Provider.Kind.RECORDED:
        return {}
    return {
        row.request_digest: Answer(
            output=row.output,
            reasoning=row.reasoning,
            tool_calls=row.tool_calls,
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
            latency_ms=row.latency_ms,
            finish_reason=row.finish_reason,
            response_model=row.response_model,
            label=row.label,
        )
        for row in RecordedAnswer.objects.filter(provider=provider)
    }
