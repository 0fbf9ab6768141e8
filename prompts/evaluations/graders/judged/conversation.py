"""``conversation-relevance``: does each answer of a conversation bear on what came before?"""

from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.judged.asking import ask, only_object, prompt_of, truth, unreadable
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, output_text
from prompts.evaluations.graders.similarity import CLOSE

WINDOW = 5
MOST_TURNS = 200
TASK = (
    "Does the last message of the assistant bear on the conversation before it? Only an answer that "
    "misses the "
    "point wholly does not; a vague answer to a vague message does. Answer with one JSON object and "
    "nothing else: "
    '{"verdict": "yes" or "no", "reason": "…"}.'
)


def _turns(asked: Asked) -> list[dict[str, Any]]:
    """``vars._conversation``, else the prompt and the output as one turn."""
    found = asked.context.vars.get("_conversation")
    if not found:
        return [{"input": prompt_of(asked), "output": asked.text}]
    if not isinstance(found, list) or not all(isinstance(turn, dict) for turn in found):
        raise CannotGrade("needs a list of turns as _conversation")
    if len(found) > MOST_TURNS:
        raise CannotGrade(f"the conversation has more than {MOST_TURNS} turns")
    return found


def conversation_relevance(asked: Asked) -> Graded:
    """The share of windows (``config.windowSize``, 5 turns) whose last answer bears on them."""
    turns = _turns(asked)
    window = int(values.number(asked.config.get("windowSize") or WINDOW, "windowSize"))
    good, reasons = 0, []
    for place in range(len(turns)):
        messages = [
            {"role": role, "content": output_text(turn.get(key))}
            for turn in turns[max(0, place - window + 1) : place + 1]
            for role, key in (("user", "input"), ("assistant", "output"))
        ]
        answer = ask(asked, TASK, {"conversation": messages})
        found = only_object(answer, {"verdict"}, "verdict")
        holds = truth(found["verdict"])
        if holds is None:
            raise unreadable(answer, "verdict")
        good += holds
        reasons += [] if holds else [str(found.get("reason") or f"Turn {place + 1} misses the point")]
    score = good / len(turns)
    passed = (score >= asked.least(0.5) - CLOSE) != asked.inverse
    told = "; ".join([f"{good} of {len(turns)} windows are relevant", *reasons])[:2000]
    return Graded(passed, 1 - score if asked.inverse else score, told)
