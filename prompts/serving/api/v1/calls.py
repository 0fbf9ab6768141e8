"""Calls as they were told."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from prompts.observability.models import Call
from prompts.observability.selectors import calls_visible_to
from prompts.serving.api.v1.router import api, need
from prompts.serving.api.v1.schemas import CallPage, Count, Problem
from prompts.serving.http import BadRequest, answer
from prompts.serving.paging import cursor_of, number_at, split

READERS = ("read", "ingest")
REFUSALS = {400: Problem, 401: Problem, 403: Problem}


@api.get("/calls/count", response={200: Count, 401: Problem, 403: Problem}, tags=["calls"])
def count(request: HttpRequest) -> HttpResponse:
    """How many calls the key may see."""
    actor = need(request, *READERS)
    return answer({"count": calls_visible_to(actor).count()})


@api.get("/calls", response={200: CallPage, **REFUSALS}, tags=["calls"])
def calls(
    request: HttpRequest,
    trace_id: str = Query("", max_length=64),
    prompt: str = Query("", max_length=255),
    limit: int = Query(50, ge=1, le=500),
    cursor: str = "",
) -> HttpResponse:
    """Calls of a trace, or of a prompt, or all, the latest taken in first."""
    actor = need(request, *READERS)
    if "\x00" in trace_id + prompt:
        raise BadRequest("A parameter holds a NUL character.")
    rows = calls_visible_to(actor).select_related("prompt", "version").defer("input", "output", "reasoning")
    if trace_id:
        rows = rows.filter(trace_id=trace_id.lower())
    if prompt:
        rows = rows.filter(prompt__name=prompt)
    if (before := number_at(cursor)) is not None:
        rows = rows.filter(pk__lt=before)
    page, more = split(list(rows.order_by("-pk")[: limit + 1]), limit)
    return answer({"data": [shape(call) for call in page], "next": cursor_of(page[-1].pk) if more else None})


def shape(call: Call) -> dict[str, Any]:
    """One call; a prompt that could not be linked is named as it was told."""
    return {
        "trace_id": call.trace_id,
        "span_id": call.span_id,
        "provider": call.provider,
        "request_model": call.request_model,
        "response_model": call.response_model,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "cached_tokens": call.cached_tokens,
        "reasoning_tokens": call.reasoning_tokens,
        "cost": plain(call.cost),
        "latency_ms": call.latency_ms,
        "finish_reason": call.finish_reason,
        "started_at": call.started_at.isoformat(),
        "prompt": (call.prompt.name if call.prompt else call.prompt_name) or None,
        "version": call.version.number if call.version else call.version_number,
        "environment": call.environment,
        "arm": call.arm,
        "session": call.session,
        "user": call.user,
        "error": call.error,
    }


def plain(cost: Decimal | None) -> str | None:
    """A decimal without exponent and without zeros at its end."""
    if cost is None:
        return None
    text = f"{cost:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
