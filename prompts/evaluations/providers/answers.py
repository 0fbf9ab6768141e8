"""What is asked of a model and what is read from its answer, the same for every provider."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BLOCKED = "content_filter"
THINK = re.compile(r"\s*<think(?:ing)?>(.*?)</think(?:ing)?>\s*", re.DOTALL)


class ProviderFault(Exception):
    """There is no answer; the message is for people and holds no key. ``code`` is stable."""

    def __init__(self, message: str, code: str = "provider_error") -> None:
        super().__init__(message)
        self.message, self.code = message, code
        self.raw = ""
        """What the server sent instead of an answer, as far as it is kept."""


@dataclass(frozen=True, slots=True)
class Question:
    """Rendered messages (``role``, ``content``) and how the version wants the model set.

    ``repeat`` says which asking of the same this is: kept answers are told apart by it, no model hears of it.
    """

    messages: list[dict[str, Any]]
    settings: dict[str, Any] = field(default_factory=dict)
    tools: list[dict[str, Any]] = field(default_factory=list)
    output_schema: dict[str, Any] | None = None
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Tokens are None where the provider does not tell; ``input_tokens`` includes cached ones.

    ``raw`` is the body as it came in, without the key, as far as it is kept; ``kept_from`` is when an answer
    was given that is used again. ``finish_reason`` is stop, length, tool_calls or content_filter, else the
    provider's own word. ``logprobs`` are those of the output's tokens, where they were asked for.
    """

    output: str
    reasoning: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    finish_reason: str = ""
    response_model: str = ""
    latency_ms: int | None = None
    label: str = ""
    raw: str = ""
    kept_from: datetime | None = None
    logprobs: list[float] = field(default_factory=list)


def question_digest(messages: list[dict[str, Any]]) -> str:
    """The SHA-256 of the messages, by which a recorded answer is found again."""
    told = [{"role": message.get("role"), "content": message.get("content")} for message in messages]
    exact = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()


def apart(output: str, reasoning: str) -> tuple[str, str]:
    """Thinking that a model wrote at the head of its answer, moved to the reasoning."""
    found = THINK.match(output)
    if not found:
        return output, reasoning
    return output[found.end() :], "\n\n".join(part for part in (reasoning, found[1].strip()) if part)


def checked(answer: Answer) -> Answer:
    """The answer, if there is one; raises ``ProviderFault`` for one without text and without tool calls.

    What the provider's own filters held back is an answer: assertions ask about it.
    """
    if answer.output or answer.tool_calls or answer.finish_reason == BLOCKED:
        return answer
    why = f" (finish reason {answer.finish_reason})" if answer.finish_reason else ""
    raise ProviderFault(f"The provider gave an empty answer{why}.", "empty_answer")


def number(value: Any) -> int | None:
    """A token count; None for anything that is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
