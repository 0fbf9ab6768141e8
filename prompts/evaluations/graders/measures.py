"""Assertions on the call: how long it took, what it cost, why it ended."""

from prompts.evaluations.graders import values
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded


def _at_most(asked: Asked, measured: float | None, field: str, unit: str) -> Graded:
    """At or below ``threshold``; without one the figure itself is the score of a named metric."""
    if measured is None:
        raise CannotGrade(f"needs {field} in the context")
    if measured < 0:
        raise CannotGrade(f"the {field} in the context is negative")
    if asked.threshold is None:
        if asked.inverse or not asked.metric:
            raise CannotGrade(f"needs a threshold: {asked.type} without one only records a named metric")
        return Graded(True, measured, "Assertion passed")
    if (measured <= asked.threshold) != asked.inverse:
        return Graded(True, 1.0, "Assertion passed")
    side = "not above" if asked.inverse else "above"
    name = field.partition("_")[0].title()
    return Graded(False, 0.0, f"{name} {plain(measured)}{unit} is {side} {plain(asked.threshold)}{unit}")


def latency(asked: Asked) -> Graded:
    """Milliseconds from sending to the whole answer."""
    return _at_most(asked, asked.context.latency_ms, "latency_ms", " ms")


def cost(asked: Asked) -> Graded:
    """US dollars."""
    return _at_most(asked, asked.context.cost, "cost", " USD")


def finish_reason(asked: Asked) -> Graded:
    """``stop``, ``length``, ``content_filter``, ``tool_calls``; letters' case does not count."""
    found, wanted = asked.context.finish_reason, values.text(asked)
    if found is None:
        raise CannotGrade("needs finish_reason in the context")
    holds = found.lower() == wanted.lower()
    if holds != asked.inverse:
        return Graded(True, 1.0, "Assertion passed")
    return Graded(
        False, 0.0, f"Expected finish reason {'not ' if asked.inverse else ''}{wanted}, it is {found}"
    )
