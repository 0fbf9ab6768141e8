"""``select-best`` and ``max-score``: one of several outputs of the same case wins, the others fail."""

import re
from collections.abc import Callable
from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.judged.asking import ask, unreadable
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, turned

COMPARISONS = {"select-best", "max-score"}
BEST = (
    "Below are several outputs, numbered from 0. Which one meets the criteria best? Answer with its "
    "number and "
    "nothing else."
)
Scorer = Callable[[int], Graded]
"""From the place of an output to what all other assertions say of it."""


def _outputs(asked: Asked) -> list[Any]:
    outputs = asked.context.outputs
    if not outputs or len(outputs) < 2:
        raise CannotGrade(f"needs outputs, at least two: {asked.type} compares them")
    return outputs


def select_best(asked: Asked) -> Graded:
    """The value is the criteria; a judge picks."""
    outputs = _outputs(asked)
    listed = [{"number": place, "output": output} for place, output in enumerate(outputs)]
    answer = ask(asked, BEST, {"criteria": values.text(asked), "outputs": listed})
    found = re.search(r"\d{1,6}", answer)
    if not found or int(found[0]) >= len(outputs):
        raise unreadable(answer, "number of an output")
    best = int(found[0])
    told = "Chosen as the best" if best == asked.context.index else f"Output {best} was chosen as the best"
    return turned(asked, best == asked.context.index, told)


def _score(found: Graded, method: str, weights: dict[str, Any]) -> float:
    parts = [
        (one.score, values.number(weights.get(str((one.assertion or {}).get("type")), 1), "weights"))
        for one in found.components
    ]
    total, weight = sum(score * weight for score, weight in parts), sum(weight for _, weight in parts)
    return total if method == "sum" else total / weight if weight else 0.0


def max_score(asked: Asked, scorer: Scorer) -> Graded:
    """``{"method": "average"|"sum", "weights": by type, "threshold"}``; the first of equal ones wins."""
    outputs, value = _outputs(asked), asked.value if isinstance(asked.value, dict) else {}
    method, weights = value.get("method") or "average", value.get("weights") or {}
    if method not in {"average", "sum"} or not isinstance(weights, dict):
        raise CannotGrade("needs average or sum as method, and an object as weights")
    found = [scorer(place) for place in range(len(outputs))]
    if not found[0].components:
        raise CannotGrade("needs another assertion: max-score adds up what the others score")
    scores = [_score(one, method, weights) for one in found]
    best = max(scores)
    least = values.bound(value, "threshold")
    wins = scores.index(best) == asked.context.index and (least is None or best >= least)
    own = scores[asked.context.index]
    return turned(asked, wins, f"Scores {own:.3f}, the highest is {best:.3f}")
