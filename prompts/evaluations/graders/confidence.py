"""``perplexity`` and ``perplexity-score``: how sure the model was of its tokens."""

from math import exp

from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, turned


def _mean(asked: Asked) -> float:
    found = asked.context.logprobs
    if not found:
        raise CannotGrade("needs logprobs in the context")
    return sum(found) / len(found)


def _exp(power: float) -> float:
    try:
        return exp(power)
    except OverflowError:
        return float("inf")


def perplexity(asked: Asked) -> Graded:
    """e to the mean negative log probability, at most ``threshold``; without one it passes."""
    found = _exp(-_mean(asked))
    if asked.threshold is None:
        return Graded(True, 1.0, f"Perplexity {found:.2f}")
    side = "at most" if found <= asked.threshold else "above"
    return turned(
        asked, found <= asked.threshold, f"Perplexity {found:.2f} is {side} {plain(asked.threshold)}"
    )


def perplexity_score(asked: Asked) -> Graded:
    """1 / (1 + perplexity), larger being better, at least ``threshold``; without one it passes."""
    found = 1 / (1 + _exp(-_mean(asked)))
    holds = True if asked.threshold is None else (found >= asked.threshold) != asked.inverse
    return Graded(holds, 1 - found if asked.inverse else found, f"Perplexity score {found:.2f}")
