"""What a grader is given, and what it answers."""

import json
from dataclasses import dataclass, field
from typing import Any

MAX_QUOTE = 200


class CannotGrade(Exception):
    """The assertion has no answer: it is unknown, malformed, refused, or something it needs is missing."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the call beside its output: milliseconds, US dollars, the provider's finish reason."""

    vars: dict[str, Any] = field(default_factory=dict)
    latency_ms: float | None = None
    cost: float | None = None
    finish_reason: str | None = None


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

    @property
    def text(self) -> str:
        """The output as text; a structured output as JSON."""
        return output_text(self.output)


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
    return (
        output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    )


def quote(value: Any) -> str:
    """A short excerpt for a reason."""
    told = plain(value)
    return f'"{told}"' if len(told) <= MAX_QUOTE else f'"{told[:MAX_QUOTE]}…"'


def plain(value: Any) -> str:
    """A scalar as JavaScript would print it, since configurations are written for that; others as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def decided(asked: Asked, holds: bool, wanted: str) -> Graded:
    """Pass or fail with the ``not-`` prefix applied; ``wanted`` completes "Expected output to …"."""
    if holds != asked.inverse:
        return Graded(True, 1.0, "Assertion passed")
    return Graded(False, 0.0, f"Expected output to {'not ' if asked.inverse else ''}{wanted}")
