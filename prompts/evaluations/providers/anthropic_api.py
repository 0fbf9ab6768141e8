"""Anthropic's Messages API through the official SDK."""

from typing import TYPE_CHECKING, Any

from prompts.evaluations.providers.address import require_address
from prompts.evaluations.providers.answers import Answer, ProviderFault, Question, checked, number
from prompts.evaluations.providers.settings import chosen
from prompts.registry.attachments import for_anthropic

if TYPE_CHECKING:
    import httpx2
    from anthropic import Anthropic

SETTINGS = {"max_tokens", "stop_sequences", "thinking", "tool_choice"}
SAMPLING = {"temperature", "top_p", "top_k"}
"""The SDK no longer names these, older models take them all the same: they go into the body as they are."""
DEFAULT_MAX_TOKENS = 1024
FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def client_for(base_url: str, key: str, http: "httpx2.Client") -> "Anthropic":
    """The SDK's client over a guarded HTTP client; whoever calls it asks again."""
    from anthropic import Anthropic

    address = base_url or "https://api.anthropic.com"
    require_address(address)
    return Anthropic(
        api_key=key or "none",
        base_url=address,
        http_client=http,
        max_retries=0,
    )


def ask(client: "Anthropic", model: str, question: Question, parameters: dict[str, Any]) -> Answer:
    """One answer, streamed if ``parameters`` say ``stream``. System messages go where this API wants them."""
    settings = {"max_tokens": DEFAULT_MAX_TOKENS, **parameters, **question.settings}
    if "stop" in settings and "stop_sequences" not in settings:
        stop = settings["stop"]
        settings["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    system = [
        message["content"] for message in question.messages if message["role"] in {"system", "developer"}
    ]
    wanted: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": message["role"], "content": for_anthropic(message["content"])}
            for message in question.messages
            if message["role"] not in {"system", "developer"}
        ],
        **chosen(settings, SETTINGS),
    }
    if system:
        wanted["system"] = "\n\n".join(str(part) for part in system)
    if sampling := chosen(settings, SAMPLING):
        wanted["extra_body"] = sampling
    if question.output_schema:
        wanted["output_config"] = {"format": {"type": "json_schema", "schema": question.output_schema}}
    if question.tools:
        wanted["tools"] = [_tool(tool) for tool in question.tools]
    if parameters.get("stream"):
        with client.messages.stream(**wanted) as stream:
            return read(_ended(stream.get_final_message()))
    return read(client.messages.create(**wanted))


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool as OpenAI writes it, in Anthropic's form; others as they are."""
    function = tool.get("function")
    if not isinstance(function, dict):
        return tool
    empty = {"type": "object", "properties": {}}
    return {
        "name": function.get("name", ""),
        "description": function.get("description", ""),
        "input_schema": function.get("parameters") or empty,
    }


def _ended(message: Any) -> Any:
    """A streamed message, unless its stream broke off."""
    if getattr(message, "stop_reason", None) is None:
        raise ProviderFault("The provider's stream ended before its answer was whole.", "bad_answer")
    return message


def read(message: Any) -> Answer:
    """Text, thinking, tool calls, tokens and finish reason of one message.

    Anthropic counts cached input apart from ``input_tokens``; here it is part of it, as elsewhere.
    """
    blocks = getattr(message, "content", None)
    if not isinstance(blocks, list):
        raise ProviderFault("The provider did not answer with a message.", "bad_answer")
    text: list[str] = []
    thinking: list[str] = []
    calls: list[dict[str, Any]] = []
    for block in blocks:
        kind = getattr(block, "type", "")
        if kind == "text":
            text.append(getattr(block, "text", None) or "")
        elif kind == "thinking":
            thinking.append(getattr(block, "thinking", None) or "")
        elif kind == "tool_use":
            calls.append(
                {
                    "id": getattr(block, "id", ""),
                    "name": getattr(block, "name", ""),
                    "arguments": getattr(block, "input", {}),
                }
            )
    usage = getattr(message, "usage", None)
    fresh = number(getattr(usage, "input_tokens", None))
    cached = number(getattr(usage, "cache_read_input_tokens", None))
    written = number(getattr(usage, "cache_creation_input_tokens", None))
    finish = getattr(message, "stop_reason", None) or ""
    return checked(
        Answer(
            output="".join(text),
            reasoning="\n\n".join(part for part in thinking if part),
            tool_calls=calls,
            input_tokens=None if fresh is None else fresh + (cached or 0) + (written or 0),
            output_tokens=number(getattr(usage, "output_tokens", None)),
            cached_tokens=cached,
            finish_reason=FINISH.get(finish, finish),
            response_model=getattr(message, "model", None) or "",
        )
    )
