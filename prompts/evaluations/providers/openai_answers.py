"""What is read from the answers of OpenAI's two APIs, whole or streamed. Any field may be missing."""

from collections.abc import Iterable
from typing import Any

from prompts.evaluations.providers.answers import Answer, ProviderFault, apart, checked, number

FINISH = {"function_call": "tool_calls", "max_output_tokens": "length"}


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _get(value: Any, *path: str) -> Any:
    for name in path:
        value = getattr(value, name, None)
    return value


def _reasoning_of(message: Any) -> str:
    """Several servers put the thinking into a field of their own beside the content."""
    return _words(_get(message, "reasoning_content")) or _words(_get(message, "reasoning"))


def _logprobs(choice: Any) -> list[float]:
    """Of each token of the content; empty where they were not asked for."""
    told = [_get(one, "logprob") for one in _get(choice, "logprobs", "content") or []]
    return [float(one) for one in told if isinstance(one, int | float) and not isinstance(one, bool)]


def _chat_usage(usage: Any) -> dict[str, Any]:
    return {
        "input_tokens": number(_get(usage, "prompt_tokens")),
        "output_tokens": number(_get(usage, "completion_tokens")),
        "cached_tokens": number(_get(usage, "prompt_tokens_details", "cached_tokens")),
        "reasoning_tokens": number(_get(usage, "completion_tokens_details", "reasoning_tokens")),
    }


def chat(completion: Any) -> Answer:
    """A whole ``chat.completion``; raises ``ProviderFault`` for one without a choice or without content."""
    choices = _get(completion, "choices")
    if not isinstance(choices, list):
        raise ProviderFault("The provider did not answer with a chat completion.", "bad_answer")
    message = _get(choices[0], "message") if choices else None
    calls = [_chat_call(call) for call in _get(message, "tool_calls") or []]
    if legacy := _get(message, "function_call"):
        calls.append(
            {"id": "", "name": _words(_get(legacy, "name")), "arguments": _words(_get(legacy, "arguments"))}
        )
    output = _words(_get(message, "content")) or _words(_get(message, "refusal"))
    output, reasoning = apart(output, _reasoning_of(message))
    finish = _words(_get(choices[0], "finish_reason")) if choices else ""
    return checked(
        Answer(
            output=output,
            reasoning=reasoning,
            tool_calls=calls,
            finish_reason=FINISH.get(finish, finish),
            response_model=_words(_get(completion, "model")),
            logprobs=_logprobs(choices[0]) if choices else [],
            **_chat_usage(_get(completion, "usage")),
        )
    )


def _chat_call(call: Any) -> dict[str, Any]:
    inner = _get(call, "function") or _get(call, "custom")
    arguments = _words(_get(inner, "arguments")) or _words(_get(inner, "input"))
    return {"id": _words(_get(call, "id")), "name": _words(_get(inner, "name")), "arguments": arguments}


def chat_stream(chunks: Iterable[Any]) -> Answer:
    """The same from a stream: pieces put together, usage from the chunk that carries it."""
    text: list[str] = []
    thinking: list[str] = []
    calls: dict[int, dict[str, Any]] = {}
    logprobs: list[float] = []
    finish = model = ""
    usage: Any = None
    for chunk in chunks:
        model = _words(_get(chunk, "model")) or model
        usage = _get(chunk, "usage") or usage
        for choice in (_get(chunk, "choices") or [])[:1]:
            delta = _get(choice, "delta")
            text.append(_words(_get(delta, "content")) or _words(_get(delta, "refusal")))
            thinking.append(_reasoning_of(delta))
            logprobs += _logprobs(choice)
            finish = _words(_get(choice, "finish_reason")) or finish
            for piece in _get(delta, "tool_calls") or []:
                call = calls.setdefault(_get(piece, "index") or 0, {"id": "", "name": "", "arguments": ""})
                call["id"] = call["id"] or _words(_get(piece, "id"))
                call["name"] += _words(_get(piece, "function", "name"))
                call["arguments"] += _words(_get(piece, "function", "arguments"))
    output, reasoning = apart("".join(text), "".join(thinking))
    return checked(
        Answer(
            output=output,
            reasoning=reasoning,
            tool_calls=[calls[index] for index in sorted(calls)],
            finish_reason=FINISH.get(finish, finish),
            response_model=model,
            logprobs=logprobs,
            **_chat_usage(usage),
        )
    )


def response(found: Any) -> Answer:
    """A whole ``response``: messages, reasoning summaries and function calls are items of one list."""
    items = _get(found, "output")
    if not isinstance(items, list):
        raise ProviderFault("The provider did not answer with a response object.", "bad_answer")
    if message := _get(found, "error", "message"):
        raise ProviderFault(f"The provider failed: {str(message)[:300]}")
    text: list[str] = []
    thinking: list[str] = []
    calls: list[dict[str, Any]] = []
    for item in items:
        kind = _get(item, "type")
        if kind == "message":
            for part in _get(item, "content") or []:
                text.append(_words(_get(part, "text")) or _words(_get(part, "refusal")))
        elif kind == "reasoning":
            parts = [*(_get(item, "summary") or []), *(_get(item, "content") or [])]
            thinking += [_words(_get(part, "text")) for part in parts]
        elif kind in {"function_call", "custom_tool_call"}:
            arguments = _words(_get(item, "arguments")) or _words(_get(item, "input"))
            calls.append(
                {
                    "id": _words(_get(item, "call_id")),
                    "name": _words(_get(item, "name")),
                    "arguments": arguments,
                }
            )
    finish = _words(_get(found, "incomplete_details", "reason")) or ("tool_calls" if calls else "stop")
    usage = _get(found, "usage")
    output, reasoning = apart("".join(text), "\n\n".join(filter(None, thinking)))
    return checked(
        Answer(
            output=output,
            reasoning=reasoning,
            tool_calls=calls,
            finish_reason=FINISH.get(finish, finish),
            response_model=_words(_get(found, "model")),
            input_tokens=number(_get(usage, "input_tokens")),
            output_tokens=number(_get(usage, "output_tokens")),
            cached_tokens=number(_get(usage, "input_tokens_details", "cached_tokens")),
            reasoning_tokens=number(_get(usage, "output_tokens_details", "reasoning_tokens")),
        )
    )


def response_stream(events: Iterable[Any]) -> Answer:
    """The same from a stream: its last event carries the whole response."""
    final: Any = None
    for event in events:
        kind = _words(_get(event, "type"))
        if kind in {"response.completed", "response.incomplete", "response.failed"}:
            final = _get(event, "response")
        elif kind == "error":
            raise ProviderFault(f"The provider failed: {_words(_get(event, 'message'))[:300]}")
    if final is None:
        raise ProviderFault("The provider's stream ended before its answer was whole.", "bad_answer")
    return response(final)
