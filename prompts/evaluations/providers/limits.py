"""How much a provider may be asked per minute, and how much a question is expected to need. Pure."""

import json
from dataclasses import dataclass

from prompts.evaluations.providers.answers import Answer, Question

MINUTE = 60.0
LETTERS_PER_TOKEN = 4
"""Rough, and right for English prose; what an answer really took is set right once it is there."""
EXPECTED_ANSWER = 512
"""Tokens of an answer to which neither version nor provider sets an end."""
ENDS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests and tokens within any ``seconds``; None is no limit. ``name`` says whose they are."""

    name: str = ""
    requests: int | None = None
    tokens: int | None = None
    seconds: float = MINUTE


def expected_tokens(question: Question, parameters: dict[str, object]) -> int:
    """Input and output tokens that a question will roughly take."""
    told = json.dumps([question.messages, question.tools, question.output_schema], ensure_ascii=False)
    settings = {**parameters, **question.settings}
    return len(told) // LETTERS_PER_TOKEN + 1 + _longest_answer(settings)


def _longest_answer(settings: dict[str, object]) -> int:
    for name in ENDS:
        try:
            return max(1, int(float(str(settings[name]))))
        except (KeyError, ValueError, OverflowError):
            continue
    return EXPECTED_ANSWER


def taken_tokens(answer: Answer) -> int | None:
    """What an answer took in all; None where the provider does not tell."""
    if answer.input_tokens is None or answer.output_tokens is None:
        return None
    return answer.input_tokens + answer.output_tokens
