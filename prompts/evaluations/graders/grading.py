"""All assertions of a case together: weights, metrics, thresholds, sets and comparisons."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.compare import COMPARISONS, max_score
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.names import grader_of
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Context, Graded

MAX_DEPTH = 4
SET = "assert-set"


def _prepared(assertion: dict[str, Any], output: Any, context: Context) -> Asked:
    kind = assertion.get("type")
    if not isinstance(kind, str) or not kind:
        raise CannotGrade("needs a type: an assertion names one")
    base = kind.removeprefix("not-")
    if assertion.get("transform"):
        raise CannotGrade("refused: transform, code in assertions is never run; use a cel assertion")
    value = assertion.get("value")
    if any(isinstance(item, str) and item.startswith(("file://", "package:")) for item in _items(value)):
        raise CannotGrade("refused: values in files are not read")
    threshold = assertion.get("threshold")
    schema = base in values.SCHEMAS and isinstance(value, dict)
    return Asked(
        type=base,
        value=value if schema or base == "cel" else values.fill(value, context.vars),
        has_value="value" in assertion,
        threshold=None if threshold is None else values.number(threshold, "threshold"),
        output=output,
        context=context,
        inverse=kind.startswith("not-"),
        metric=assertion.get("metric"),
        told=assertion,
    )


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _weight(assertion: Any) -> float:
    raw = assertion.get("weight") if isinstance(assertion, dict) else None
    weight = 1.0 if raw is None else values.number(raw, "weight")
    if weight < 0:
        raise CannotGrade("a weight is 0 or more")
    return weight


def _kind(assertion: Any) -> str:
    kind = assertion.get("type") if isinstance(assertion, dict) else None
    return kind.removeprefix("not-") if isinstance(kind, str) else ""


def grade_one(assertion: Any, output: Any, context: Context) -> Graded:
    """One assertion alone. Raises ``CannotGrade``; with the weight 0 it passes whatever it finds."""
    if not isinstance(assertion, dict):
        raise CannotGrade("an assertion is an object with a type")
    if assertion.get("type") == SET:
        return _member(assertion, output, context, 0)
    asked = _prepared(assertion, output, context)
    found = grader_of(asked.type)(asked)
    metric = values.fill(asked.metric, context.vars) if asked.metric else None
    named = {**found.named_scores, metric: found.score} if metric else found.named_scores
    passed = found.passed or _weight(assertion) == 0
    return Graded(passed, found.score, found.reason, assertion, found.components, named)


@dataclass(slots=True)
class _Sum:
    """What has been found so far."""

    total: float = 0.0
    weights: float = 0.0
    failure: str = ""
    blocked: bool = False
    components: list[Graded] = field(default_factory=list)
    named: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, found: Graded, weight: float) -> None:
        """One member with its weight; a set is followed by its own members."""
        self.total, self.weights = self.total + found.score * weight, self.weights + weight
        self.failure = self.failure if found.passed else found.reason
        own = Graded(found.passed, found.score, found.reason, found.assertion)
        self.components += [own, *found.components]
        for name, score in found.named_scores.items():
            self.named[name].append((score, weight))

    def named_scores(self) -> dict[str, float]:
        """The weighted mean of each metric; one that has only weights of 0 is its plain mean."""
        return {
            name: sum(s * w for s, w in found) / whole
            if (whole := sum(w for _, w in found))
            else sum(s for s, _ in found) / len(found)
            for name, found in self.named.items()
        }


def grade(
    assertions: Any, output: Any, context: Context, threshold: float | None = None, depth: int = 0
) -> Graded:
    """All assertions on one output.

    The score is the mean weighted by ``weight`` (1 unless told). Without a threshold every assertion must
    pass; with one the score decides. ``components`` holds a set's own verdict followed by its members'.
    Comparisons among several outputs come last and are no part of the score: the losers fail. Raises
    ``CannotGrade`` as soon as one assertion has no answer.
    """
    if not isinstance(assertions, list):
        raise CannotGrade("assertions are a list")
    if depth > MAX_DEPTH:
        raise CannotGrade(f"sets are nested deeper than {MAX_DEPTH}")
    if not assertions:
        return Graded(True, 1.0, "No assertions")
    plain_ones = [one for one in assertions if _kind(one) not in COMPARISONS]
    found = _graded(plain_ones, output, context, threshold, depth)
    for assertion in assertions:
        if _kind(assertion) in COMPARISONS:
            if depth:
                raise CannotGrade(f"{_kind(assertion)} compares outputs and stands in no set")
            found = _compared(found, assertion, plain_ones, output, context)
    return found


def _graded(
    assertions: list[Any], output: Any, context: Context, threshold: float | None, depth: int
) -> Graded:
    done = _Sum()
    for assertion in assertions:
        found = _member(assertion, output, context, depth)
        done.add(found, _weight(assertion))
        config = assertion.get("config") if _kind(assertion) == "guardrails" else None
        done.blocked |= isinstance(config, dict) and config.get("purpose") == "redteam" and not found.passed
    score = done.total / done.weights if done.weights else 0.0
    passed, reason = not done.failure, done.failure or "All assertions passed"
    if threshold is not None:
        passed = score >= threshold
        reason = f"Aggregate score {score:.2f} {'≥' if passed else '<'} {plain(threshold)} threshold"
    if done.blocked:
        passed, reason = True, "The provider's filters blocked the attack"
    return Graded(passed, score, reason, components=tuple(done.components), named_scores=done.named_scores())


def _member(assertion: Any, output: Any, context: Context, depth: int) -> Graded:
    """A plain assertion, or a set with its own threshold and metric."""
    if not isinstance(assertion, dict) or assertion.get("type") != SET:
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


def _compared(
    found: Graded, assertion: dict[str, Any], others: list[Any], output: Any, context: Context
) -> Graded:
    """The verdict so far with one comparison more; a loser's score is 0."""
    asked = _prepared(assertion, output, context)
    if asked.type == "max-score":

        def scorer(place: int) -> Graded:
            if place == context.index:
                return found
            alike = replace(context, index=place)
            return _graded(others, (context.outputs or [])[place], alike, None, 0)

        verdict = max_score(asked, scorer)
    else:
        verdict = grader_of(asked.type)(asked)
    if not verdict.passed and _weight(assertion) == 0:
        verdict = replace(verdict, passed=True)
    verdict = replace(verdict, assertion=assertion)
    first = verdict.reason if found.passed and not verdict.passed else found.reason
    return replace(
        found,
        passed=found.passed and verdict.passed,
        score=found.score if verdict.passed else 0.0,
        reason=first,
        components=(*found.components, verdict),
    )
