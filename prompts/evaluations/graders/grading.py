"""All assertions of a case together: weights, metrics, thresholds and sets."""

from collections import defaultdict
from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.names import grader_of
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Context, Graded

MAX_DEPTH = 4


def _prepared(assertion: dict[str, Any], output: Any, context: Context) -> Asked:
    kind = assertion.get("type")
    if not isinstance(kind, str) or not kind:
        raise CannotGrade("needs a type: an assertion names one")
    if assertion.get("transform"):
        raise CannotGrade("refused: transform, code in assertions is never run")
    value = assertion.get("value")
    if any(isinstance(item, str) and item.startswith(("file://", "package:")) for item in _items(value)):
        raise CannotGrade("refused: values in files are not read")
    threshold = assertion.get("threshold")
    return Asked(
        type=kind.removeprefix("not-"),
        value=values.fill(value, context.vars),
        has_value="value" in assertion,
        threshold=None if threshold is None else values.number(threshold, "threshold"),
        output=output,
        context=context,
        inverse=kind.startswith("not-"),
        metric=assertion.get("metric"),
    )


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _weight(assertion: dict[str, Any]) -> float:
    raw = assertion.get("weight")
    weight = 1.0 if raw is None else values.number(raw, "weight")
    if weight < 0:
        raise CannotGrade("a weight is 0 or more")
    return weight


def grade_one(assertion: Any, output: Any, context: Context) -> Graded:
    """One assertion alone. Raises ``CannotGrade``; with the weight 0 it passes whatever it finds."""
    if not isinstance(assertion, dict):
        raise CannotGrade("an assertion is an object with a type")
    if assertion.get("type") == "assert-set":
        return _member(assertion, output, context, 0)
    asked = _prepared(assertion, output, context)
    found = grader_of(asked.type)(asked)
    metric = values.fill(asked.metric, context.vars) if asked.metric else None
    return Graded(
        passed=found.passed or _weight(assertion) == 0,
        score=found.score,
        reason=found.reason,
        assertion=assertion,
        named_scores={metric: found.score} if metric else {},
    )


def grade(
    assertions: Any, output: Any, context: Context, threshold: float | None = None, depth: int = 0
) -> Graded:
    """All assertions on one output.

    The score is the mean weighted by ``weight`` (1 unless told). Without a threshold every assertion must
    pass; with one the score decides. ``components`` holds a set's own verdict followed by its members'.
    Raises ``CannotGrade`` as soon as one assertion has no answer.
    """
    if not isinstance(assertions, list):
        raise CannotGrade("assertions are a list")
    if depth > MAX_DEPTH:
        raise CannotGrade(f"sets are nested deeper than {MAX_DEPTH}")
    if not assertions:
        return Graded(True, 1.0, "No assertions")
    total = weights = 0.0
    failure = ""
    components: list[Graded] = []
    named: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for assertion in assertions:
        found = _member(assertion, output, context, depth)
        weight = _weight(assertion)
        total, weights = total + found.score * weight, weights + weight
        failure = failure if found.passed else found.reason
        members, own = found.components, Graded(found.passed, found.score, found.reason, found.assertion)
        components += [own, *members]
        for name, score in found.named_scores.items():
            named[name].append((score, weight or 1.0))
    score = total / weights if weights else 0.0
    passed, reason = not failure, failure or "All assertions passed"
    if threshold is not None:
        passed = score >= threshold
        reason = f"Aggregate score {score:.2f} {'≥' if passed else '<'} {threshold:g} threshold"
    scores = {name: sum(s * w for s, w in found) / sum(w for _, w in found) for name, found in named.items()}
    return Graded(passed, score, reason, components=tuple(components), named_scores=scores)


def _member(assertion: Any, output: Any, context: Context, depth: int) -> Graded:
    """A plain assertion, or a set with its own threshold and metric."""
    if not isinstance(assertion, dict) or assertion.get("type") != "assert-set":
        return grade_one(assertion, output, context)
    raw = assertion.get("threshold")
    threshold = None if raw is None else values.number(raw, "threshold")
    inside = grade(assertion.get("assert"), output, context, threshold, depth + 1)
    named = dict(inside.named_scores)
    if assertion.get("metric"):
        named[values.fill(assertion["metric"], context.vars)] = inside.score
    told = {key: value for key, value in assertion.items() if key != "assert"}
    passed = inside.passed or _weight(assertion) == 0
    return Graded(passed, inside.score, inside.reason, told, inside.components, named)
