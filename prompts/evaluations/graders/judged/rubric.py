"""``llm-rubric``, ``search-rubric``, ``agent-rubric`` and ``trajectory:goal-success``: verdicts."""

from typing import Any

from prompts.evaluations.graders import trajectory
from prompts.evaluations.graders.judged.asking import ask, figure, only_object, truth, unreadable
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded

FORMAT = (
    'Answer with one JSON object and nothing else: {"reason": "…", "pass": true or false, "score": a number '
    "from 0 (not at all) to 1 (wholly)}."
)
RUBRIC = f"Does the output meet the rubric? Judge only what the rubric asks for. {FORMAT}"
GOAL = (
    "An agent worked towards a goal. From its steps and its last output, decide whether the goal "
    "was reached; "
    f"trying is not reaching. {FORMAT}"
)
STEPS_SHOWN = 24


def _verdict(asked: Asked, answer: str) -> Graded:
    """``pass`` and ``score``; one of them is enough. A threshold must be met besides."""
    found = only_object(answer, {"pass", "score"}, "verdict")
    passed, score = truth(found["pass"]) if "pass" in found else True, figure(found.get("score"))
    if passed is None or ("pass" not in found and score is None):
        raise unreadable(answer, "verdict")
    score = float(passed) if score is None else score
    if not 0 <= score <= 1:
        raise CannotGrade(f"the judge's score {score:g} is not between 0 and 1")
    if asked.threshold is not None:
        passed = passed and score >= asked.threshold
    reason = str(
        found.get("reason") or ("The judge let it pass" if passed else "The judge did not let it pass")
    )
    return Graded(passed != asked.inverse, 1 - score if asked.inverse else score, reason[:2000])


def llm_rubric(asked: Asked) -> Graded:
    """The value is the rubric, a text or an object; with a ``rubricPrompt`` it may be missing."""
    if asked.value in (None, "") and not asked.told.get("rubricPrompt"):
        raise CannotGrade(f"needs a value: {asked.type} takes a rubric")
    return _verdict(asked, ask(asked, RUBRIC, {"output": asked.output, "rubric": asked.value or ""}))


def search_rubric(asked: Asked) -> Graded:
    """A rubric whose judge looks things up; no provider here searches the web."""
    raise CannotGrade(f"needs a provider that searches the web: {asked.type} checks facts there")


def _goal(value: Any) -> str:
    goal = value.get("goal") if isinstance(value, dict) else value
    if not isinstance(goal, str) or not goal.strip():
        raise CannotGrade("needs a value: trajectory:goal-success takes a goal")
    return goal.strip()


def goal_success(asked: Asked) -> Graded:
    """The value is the goal, a text or ``{"goal"}``; the judge is shown the first and the last steps."""
    steps = trajectory.all_steps(asked)
    told = [f"{place}. {step}"[:300] for place, step in enumerate(steps, start=1)]
    if len(told) > STEPS_SHOWN:
        half = STEPS_SHOWN // 2
        told = [*told[:half], f"({len(told) - STEPS_SHOWN} more)", *told[-half:]]
    fields = {"goal": _goal(asked.value), "steps": told, "output": asked.output}
    return _verdict(asked, ask(asked, GOAL, fields))
