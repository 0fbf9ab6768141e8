"""OpenAI's API and the many that speak like it, through the official SDK."""

from typing import TYPE_CHECKING, Any

from prompts.evaluations.providers import openai_answers as read
from prompts.evaluations.providers.address import require_address
from prompts.evaluations.providers.answers import Answer, Question
from prompts.evaluations.providers.settings import chosen

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

CHAT_SETTINGS = {
    "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "stop", "presence_penalty",
    "frequency_penalty", "reasoning_effort", "response_format", "tool_choice", "logprobs",
}  # fmt: skip
RESPONSES_SETTINGS = {"temperature", "top_p", "max_output_tokens", "tool_choice"}


def client_for(base_url: str, key: str, http: "httpx2.Client") -> "OpenAI":
    """The SDK's client over a guarded HTTP client; whoever calls it asks again.

    The SDK is heavy: it is loaded when first needed.
    """
    from openai import OpenAI

    address = base_url or "https://api.openai.com/v1"
    require_address(address)
    return OpenAI(
        api_key=key or "none",
        base_url=address,
        http_client=http,
        max_retries=0,
    )


def ask_chat(client: "OpenAI", model: str, question: Question, parameters: dict[str, Any]) -> Answer:
    """One answer of ``/chat/completions``, streamed if ``parameters`` say ``stream``."""
    settings = {**parameters, **question.settings}
    wanted: dict[str, Any] = {
        "model": model,
        "messages": question.messages,
        **chosen(settings, CHAT_SETTINGS),
    }
    if question.tools:
        wanted["tools"] = question.tools
    if question.output_schema and "response_format" not in wanted:
        schema = {"name": "answer", "schema": question.output_schema}
        wanted["response_format"] = {"type": "json_schema", "json_schema": schema}
    if parameters.get("stream"):
        chunks = client.chat.completions.create(**wanted, stream=True, stream_options={"include_usage": True})
        return read.chat_stream(chunks)
    return read.chat(client.chat.completions.create(**wanted))


def ask_responses(client: "OpenAI", model: str, question: Question, parameters: dict[str, Any]) -> Answer:
    """One answer of ``/responses``, for endpoints whose parameters say ``"api": "responses"``."""
    settings = {**parameters, **question.settings}
    if "max_tokens" in settings:
        settings.setdefault("max_output_tokens", settings["max_tokens"])
    wanted: dict[str, Any] = {
        "model": model,
        "input": question.messages,
        **chosen(settings, RESPONSES_SETTINGS),
    }
    if settings.get("reasoning_effort"):
        wanted["reasoning"] = {"effort": settings["reasoning_effort"], "summary": "auto"}
    if question.tools:
        wanted["tools"] = [_flat(tool) for tool in question.tools]
    if question.output_schema:
        wanted["text"] = {
            "format": {"type": "json_schema", "name": "answer", "schema": question.output_schema}
        }
    if parameters.get("stream"):
        return read.response_stream(client.responses.create(**wanted, stream=True))
    return read.response(client.responses.create(**wanted))


def _flat(tool: dict[str, Any]) -> dict[str, Any]:
    """A chat tool as ``/responses`` writes it: the function's fields beside its type."""
    function = tool.get("function")
    return {"type": "function", **function} if isinstance(function, dict) else tool
