"""What went in and came out, from the several ways in which instrumentations write messages."""

import json
from typing import Any

from prompts.serving.otlp.spans import Attributes, Span

THOUGHTS = {"reasoning", "thinking", "redacted_thinking"}
Said = tuple[str, str]
"""(text, reasoning)"""


def unflatten(attributes: Attributes, prefix: str) -> list[Any]:
    """``prefix.0.message.role = user`` and so on as a list of nested objects, in order of their numbers."""
    tree: dict[str, Any] = {}
    for key, value in attributes.items():
        if not key.startswith(prefix):
            continue
        node, parts = tree, key[len(prefix) :].split(".")
        if len(parts) > 12:
            continue
        for part in parts[:-1]:
            inner = node.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            node = inner
        else:
            node[parts[-1]] = value
    found = listed(tree)
    return found if isinstance(found, list) else []


def listed(node: Any) -> Any:
    """Objects whose keys are all numbers become lists."""
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [listed(node[key]) for key in sorted(node, key=int)]
    return {key: listed(value) for key, value in node.items()}


def parsed(value: Any) -> Any:
    """A text that holds a JSON list or object as that, anything else as it is."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def as_text(value: Any) -> str:
    """A text as it is, other values as JSON, nothing as an empty text."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def open_message(message: Any) -> Any:
    """OpenInference wraps each message and each of its contents; this takes the wrapping off."""
    if not isinstance(message, dict) or not isinstance(message.get("message"), dict):
        return message
    inner = dict(message["message"])
    contents = inner.pop("contents", None)
    if isinstance(contents, list):
        inner["parts"] = [
            part.get("message_content", part) if isinstance(part, dict) else part for part in contents
        ]
    return inner


def said(messages: Any) -> Said:
    """The plain text and the reasoning of output messages; what is neither (tool calls) stays as JSON."""
    if not isinstance(messages, list):
        return as_text(messages), ""
    texts: list[str] = []
    thoughts: list[str] = []
    others: list[Any] = []
    for message in messages:
        if not isinstance(message, dict):
            texts.append(as_text(message))
            continue
        parts = message.get("parts", message.get("content"))
        for part in parts if isinstance(parts, list) else [parts]:
            sort(part, texts, thoughts, others)
        others += message.get("tool_calls") or [] if isinstance(message.get("tool_calls"), list) else []
    if others:
        texts.append(as_text(others))
    return "\n\n".join(filter(None, texts)), "\n\n".join(filter(None, thoughts))


def sort(part: Any, texts: list[str], thoughts: list[str], others: list[Any]) -> None:
    """Puts one part of a message where it belongs."""
    if part is None or isinstance(part, str):
        texts.append(part or "")
        return
    kind = part.get("type") if isinstance(part, dict) else None
    content = part.get("content", part.get("text", part.get("thinking"))) if isinstance(part, dict) else None
    if kind in THOUGHTS:
        thoughts.append(as_text(content))
    elif kind in {"text", "output_text", None} and isinstance(content, str):
        texts.append(content)
    elif kind != "tool_use":  # repeated among the tool calls
        others.append(part)


def went_in(span: Span) -> str:
    """What was sent to the model: a text, or a list of messages as JSON with the instructions first."""
    told = span.attributes
    if (own := told.get("langfuse.observation.input")) is not None:
        return as_text(own)
    messages = parsed(told.get("gen_ai.input.messages"))
    if messages is None:
        messages = [open_message(item) for item in unflatten(told, "llm.input_messages.")] or None
    if messages is None:
        messages = unflatten(told, "gen_ai.prompt.") or from_events(span, came=False)
    if not messages:
        return as_text(told.get("input.value", told.get("traceloop.entity.input")))
    instructions = parsed(told.get("gen_ai.system_instructions"))
    if instructions and isinstance(messages, list):
        messages = [{"role": "system", "parts": instructions}, *messages]
    return as_text(messages)


def came_out(span: Span) -> Said:
    """What the model answered, and what it thought before."""
    told = span.attributes
    if (own := told.get("langfuse.observation.output")) is not None:
        value = parsed(own)
        own_messages = value if isinstance(value, list) else [value]
        is_message = all(isinstance(item, dict) and "role" in item for item in own_messages)
        return said(own_messages) if is_message and own_messages else (as_text(own), "")
    messages = parsed(told.get("gen_ai.output.messages"))
    if messages is None:
        messages = [open_message(item) for item in unflatten(told, "llm.output_messages.")] or None
    if messages is None:
        messages = unflatten(told, "gen_ai.completion.") or from_events(span, came=True)
    if not messages:
        return as_text(told.get("output.value", told.get("traceloop.entity.output"))), ""
    return said(messages)


def from_events(span: Span, *, came: bool) -> list[Any]:
    """Messages of the older conventions, where each is an event of the span."""
    found: list[Any] = []
    for name, told in span.events:
        if name == "gen_ai.choice" and came:
            found.append(parsed(told.get("message", told.get("content"))))
        elif name == "gen_ai.content.completion" and came:
            found.append(parsed(told.get("gen_ai.completion")))
        elif name == "gen_ai.content.prompt" and not came:
            found.append(parsed(told.get("gen_ai.prompt")))
        elif name.startswith("gen_ai.") and name.endswith(".message") and not came:
            found.append({"role": name.split(".")[1], "content": told.get("content")})
    return found
