"""Recorded exchanges, and what they say by a reading of our own that shares nothing with the product."""

import json
from pathlib import Path
from typing import Any

SMALL = Path(__file__).parent / "data"


def load(folder: Path | None, name: str) -> list[dict[str, Any]]:
    """The exchanges of one provider, from the real data or from our own small file in the same format."""
    path = (folder / "provider_responses" if folder else SMALL) / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def events(sse: str) -> list[dict[str, Any]]:
    """The JSON of a stream's data lines."""
    lines = [line[5:].strip() for line in sse.splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines if line and line != "[DONE]"]


def usage(exchange: dict[str, Any]) -> tuple[int, int]:
    """Input and output tokens that the raw exchange tells: the last figures of a stream."""
    parts = events(exchange["sse"]) if "sse" in exchange else [exchange["response"]]
    found: dict[str, int] = {}
    for part in parts:
        for holder in (part, part.get("message") or {}, part.get("response") or {}):
            found.update(
                {key: value for key, value in (holder.get("usage") or {}).items() if isinstance(value, int)}
            )
    cached = found.get("cache_read_input_tokens", 0) + found.get("cache_creation_input_tokens", 0)
    told_in = found.get("prompt_tokens", found.get("input_tokens", 0)) + cached
    return told_in, found.get("completion_tokens", found.get("output_tokens", 0))


def text(exchange: dict[str, Any]) -> str:
    """The answer's text in the raw exchange."""
    if "sse" in exchange:
        return "".join(_delta(part) for part in events(exchange["sse"]))
    whole = exchange["response"]
    if "choices" in whole:
        return whole["choices"][0]["message"].get("content") or ""
    items = whole.get("output") or [{"type": "message", "content": whole.get("content")}]
    parts = [part for item in items if item["type"] == "message" for part in item["content"]]
    return "".join(part.get("text", "") for part in parts if part["type"] in {"text", "output_text"})


def _delta(part: dict[str, Any]) -> str:
    if part.get("choices"):
        return part["choices"][0]["delta"].get("content") or ""
    if part.get("type") == "response.output_text.delta":
        return str(part["delta"])
    if part.get("type") == "content_block_delta" and part["delta"]["type"] == "text_delta":
        return str(part["delta"]["text"])
    if part.get("type") == "content_block_start" and part["content_block"]["type"] == "text":
        return str(part["content_block"]["text"])
    return ""
