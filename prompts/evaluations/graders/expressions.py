"""``cel``: a condition in the Common Expression Language, in place of code.

It reads ``output``, ``vars``, ``metadata`` (the response's), ``prompt``, ``config``, ``latency_ms``,
``cost``, ``finish_reason`` and ``trace``; it can call nothing and change nothing. Language:
github.com/cel-expr/cel-spec.
"""

from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, quote, turned
from prompts.evaluations.graders.slow_lane import LANE, BadPattern

SECONDS = 2.0
LONGEST = 10_000


def cel(asked: Asked) -> Graded:
    """True or false decides; a number is a score that passes from ``threshold`` on, without one above 0."""
    expression = asked.value
    if not isinstance(expression, str) or not expression.strip():
        raise CannotGrade("needs a value: cel takes an expression")
    if len(expression) > LONGEST:
        raise CannotGrade(f"the expression is longer than {LONGEST:,} characters")
    context = asked.context
    data = {
        "output": asked.output,
        "vars": context.vars,
        "metadata": context.response_metadata or {},
        "prompt": context.prompt,
        "config": asked.config,
        "latency_ms": context.latency_ms,
        "cost": context.cost,
        "finish_reason": context.finish_reason,
        "trace": context.trace or {},
    }
    try:
        found = LANE.ask("cel", SECONDS, expression=expression, data=data)
    except BadPattern as error:
        raise CannotGrade(f"the expression cannot be evaluated: {error}") from None
    except TimeoutError:
        raise CannotGrade(f"the expression took longer than {SECONDS:g} s") from None
    if isinstance(found, bool):
        return turned(asked, found, f"{quote(expression)} is {'true' if found else 'false'}")
    holds = found > 0 if asked.threshold is None else found >= asked.threshold
    passed = holds != asked.inverse
    return Graded(
        passed, 1 - found if asked.inverse else float(found), f"{quote(expression)} is {plain(found)}"
    )
