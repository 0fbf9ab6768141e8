"""What a grader is given, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from prompts.evaluations.graders.javascript import json_text, plain

MAX_QUOTE = 200

Message = dict[str, str]
"""``role`` and ``content``."""


class CannotGrade(Exception):
    """The assertion has no answer: it is unknown, malformed, refused, or something it needs is missing."""


class ToolFault(Exception):
    """A judge, an embedder or a web address that was asked gave no answer; the message says why."""


class ToolRefused(ToolFault):
    """It was not asked, and will not be: a rule of the portal is against it."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What graders may ask outside of themselves; each raises ``ToolFault``, and None means: not there.

    ``judge`` answers messages with text. ``embed`` turns texts into vectors of one length. ``classify`` turns
    a text into scores by class. ``moderate`` turns a prompt and an output into flags by category, with a
    description. ``post`` sends JSON to an address and returns the JSON that came back.
    """

    judge: Callable[[list[Message]], str] | None = None
    embed: Callable[[list[str]], list[list[float]]] | None = None
    classify: Callable[[str], dict[str, float]] | None = None
    moderate: Callable[[str, str], dict[str, str]] | None = None
    post: Callable[[str, Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the call beside its output; None means that it is not known.

    ``latency_ms`` are milliseconds, ``cost`` is US dollars, ``logprobs`` natural logarithms by token.
    ``tool_calls`` are those beside a text, as OpenAI writes them. ``trace`` holds ``spans`` with ``name``,
    ``startTime`` and ``endTime`` (ms), ``statusCode``, ``attributes``. ``outputs`` are all answers to the
    same case and ``index`` the place of this one among them.
    """

    vars: dict[str, Any] = field(default_factory=dict)
    prompt: str | None = None
    latency_ms: float | None = None
    cost: float | None = None
    finish_reason: str | None = None
    logprobs: list[float] | None = None
    guardrails: dict[str, Any] | None = None
    provider_config: dict[str, Any] | None = None
    response_metadata: dict[str, Any] | None = None
    trace: dict[str, Any] | None = None
    tool_calls: list[dict[str, Any]] | None = None
    outputs: list[Any] | None = None
    index: int = 0
    tools: Tools = Tools()


@dataclass(frozen=True, slots=True)
class Asked:
    """One assertion, ready to be asked: its type without ``not-``, its value with variables filled in."""

    type: str
    value: Any
    has_value: bool
    threshold: float | None
    output: Any
    context: Context
    inverse: bool
    metric: str | None = None
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The output as text; a structured output as JSON."""
        return output_text(self.output)

    @property
    def called(self) -> Any:
        """What holds the calls of tools: those beside the output, else the output itself."""
        return self.output if self.context.tool_calls is None else self.context.tool_calls

    @property
    def config(self) -> dict[str, Any]:
        """The assertion's ``config``."""
        found = self.told.get("config")
        return found if isinstance(found, dict) else {}

    def least(self, default: float) -> float:
        """The threshold, or the type's own."""
        return default if self.threshold is None else self.threshold


@dataclass(frozen=True, slots=True)
class Graded:
    """The verdict on one assertion or on all: ``score`` is 0…1, except for a bare measure."""

    passed: bool
    score: float
    reason: str
    assertion: dict[str, Any] | None = None
    components: tuple["Graded", ...] = ()
    named_scores: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON as promptfoo shapes it."""
        found: dict[str, Any] = {"pass": self.passed, "score": self.score, "reason": self.reason}
        if self.assertion is not None:
            found["assertion"] = self.assertion
        if self.components:
            found["componentResults"] = [component.as_dict() for component in self.components]
        if self.named_scores:
            found["namedScores"] = self.named_scores
        return found


def output_text(output: Any) -> str:
    """The output as text; a structured output as compact JSON."""
    return output if isinstance(output, str) else json_text(output)


def quote(value: Any) -> str:
    """A short excerpt for a reason."""
    told = plain(value)
    return f'"{told}"' if len(told) <= MAX_QUOTE else f'"{told[:MAX_QUOTE]}…"'


def decided(asked: Asked, holds: bool, wanted: str) -> Graded:
    """Pass or fail with the ``not-`` prefix applied; ``wanted`` completes "Expected output to …"."""
    if holds != asked.inverse:
        return Graded(True, 1.0, "Assertion passed")
    return Graded(False, 0.0, f"Expected output to {'not ' if asked.inverse else ''}{wanted}")


def turned(asked: Asked, holds: bool, reason: str) -> Graded:
    """Pass or fail with the ``not-`` prefix applied and a reason that is told either way."""
    passed = holds != asked.inverse
    return Graded(passed, 1.0 if passed else 0.0, reason)


def scored(asked: Asked, score: float, least: float, what: str) -> Graded:
    """A score of 0…1 held against the least that passes; ``not-`` turns both round."""
    passed = (score >= least) != asked.inverse
    side = "at least" if score >= least else "less than"
    return Graded(
        passed, 1.0 - score if asked.inverse else score, f"{what} {score:.4f} is {side} {plain(least)}"
    )
