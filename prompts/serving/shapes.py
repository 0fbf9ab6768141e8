"""A version in the shape that Langfuse's SDKs read, and back."""

from typing import Any

from audits.identity.errors import Unacceptable
from prompts.registry import attachments
from prompts.serving.http import BadRequest

ROLE_OF_TEXT = "text"
PLACEHOLDER = "placeholder"


def outward(kind: str, messages: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """``prompt`` of the answer: a text, or chat messages with their placeholders."""
    if kind != "chat":
        return "\n\n".join(str(message.get("content", "")) for message in messages)
    return [
        {"type": PLACEHOLDER, "name": message.get("name", "")}
        if message.get("role") == PLACEHOLDER
        else {
            "type": "chatmessage",
            "role": message.get("role", ""),
            "content": attachments.outward(message.get("content", ""), message.get("attachments", [])),
        }
        for message in messages
    ]


def inward(kind: str, prompt: Any) -> list[dict[str, Any]]:
    """Messages from ``prompt`` of a request; raises ``BadRequest``. The registry judges their content."""
    if kind != "chat":
        if not isinstance(prompt, str):
            raise BadRequest("A text prompt's prompt must be a text.", field="prompt")
        return [{"role": ROLE_OF_TEXT, "content": prompt}]
    if not isinstance(prompt, list) or not prompt:
        raise BadRequest("A chat prompt's prompt must be a list of messages.", field="prompt")
    return [message_in(message, place) for place, message in enumerate(prompt)]


def message_in(message: Any, place: int) -> dict[str, Any]:
    """One message or placeholder."""
    if isinstance(message, dict) and message.get("type") == PLACEHOLDER:
        if isinstance(name := message.get("name"), str) and name:
            return {"role": PLACEHOLDER, "name": name}
        raise BadRequest(f"prompt[{place}] is a placeholder without a name.", field="prompt")
    role, content = (
        (message.get("role"), message.get("content")) if isinstance(message, dict) else (None, None)
    )
    if not isinstance(role, str) or not role or not isinstance(content, str | list):
        raise BadRequest(f"prompt[{place}] needs a role and a content: a text, or parts.", field="prompt")
    try:
        text, found = attachments.inward(content, f"prompt[{place}].content")
    except Unacceptable as error:
        raise BadRequest(error.message, field="prompt") from None
    return {"role": role, "content": text, "attachments": found} if found else {"role": role, "content": text}


def document(
    *,
    name: str,
    kind: str,
    version: int,
    messages: list[dict[str, Any]],
    config: Any,
    labels: list[str],
    tags: list[str],
    note: str,
    digest: str,
    graph: Any = None,
) -> dict[str, Any]:
    """One version as the SDKs read it; ``digest`` is what was signed, empty for a draft."""
    return {
        "name": name,
        "version": version,
        "type": "chat" if kind == "chat" else "text",
        "prompt": outward(kind, messages),
        "config": config,
        "labels": labels,
        "tags": tags,
        "commitMessage": note or None,
        "resolutionGraph": graph,
        "digest": digest,
    }
