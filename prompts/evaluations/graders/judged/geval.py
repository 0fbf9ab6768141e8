"""``g-eval``: first steps by which to judge are made from the criteria, then the output is scored by them.

After Liu et al. 2023, "G-Eval"; the score is of 0…10, told as 0…1.
"""

from prompts.evaluations.graders import values
from prompts.evaluations.graders.judged.asking import ask, figure, only_object, prompt_of, unreadable
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded

BEST = 10
STEPS = (
    "Turn the criteria into three or four short steps by which a reader can judge an answer. Answer with one "
    'JSON object and nothing else: {"steps": ["…", "…"]}.'
)
EVALUATE = (
    f"Judge the output by the criteria, following the steps. Give a whole number from 0 (worst) to "
    f"{BEST} (best). "
    'Answer with one JSON object and nothing else: {"reason": "…", "score": 0}.'
)


def _one(asked: Asked, criteria: str) -> Graded:
    answer = ask(asked, STEPS, {"criteria": criteria})
    steps = only_object(answer, {"steps"}, "steps")["steps"]
    if (
        not isinstance(steps, list)
        or not steps
        or not all(isinstance(one, str) and one.strip() for one in steps)
    ):
        raise unreadable(answer, "steps")
    fields = {"criteria": criteria, "steps": steps, "question": prompt_of(asked), "output": asked.output}
    answer = ask(asked, EVALUATE, fields)
    found = only_object(answer, {"score"}, "score")
    score = figure(found["score"])
    if score is None or not 0 <= score <= BEST:
        raise unreadable(answer, f"score from 0 to {BEST}")
    return Graded(True, score / BEST, str(found.get("reason") or ""))


def g_eval(asked: Asked) -> Graded:
    """The value is one text of criteria or a list, of which the mean counts; at least 0.7 unless told."""
    if not (wanted := values.texts(asked)):
        raise CannotGrade("needs a value: g-eval takes criteria")
    found = [_one(asked, criteria) for criteria in wanted]
    score = sum(one.score for one in found) / len(found)
    passed = (score >= asked.least(0.7)) != asked.inverse
    reason = "\n\n".join(one.reason for one in found)[:2000]
    return Graded(passed, 1 - score if asked.inverse else score, reason)
