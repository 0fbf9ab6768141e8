"""``factuality`` and ``model-graded-closedqa``."""

import re

from prompts.evaluations.graders import values
from prompts.evaluations.graders.judged.asking import ask, only_object, prompt_of, unreadable
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, turned

CATEGORIES = {
    "A": ("subset", 1.0, "The output tells a part of the reference and agrees with it"),
    "B": ("superset", 1.0, "The output tells more than the reference and agrees with it"),
    "C": ("agree", 1.0, "The output tells the same as the reference"),
    "D": ("disagree", 0.0, "The output contradicts the reference"),
    "E": ("differButFactual", 1.0, "The output differs in ways that do not matter for the facts"),
}
FACTUALITY = (
    "Compare the facts of the output with those of the reference; style, grammar and length do not count. "
    "Choose one category: "
    + "; ".join(f"{letter}: {told}" for letter, (_, _, told) in CATEGORIES.items())
    + '. Answer with one JSON object and nothing else: {"reason": "…", "category": "A"}.'
)
CLOSED_QA = (
    "Does the output meet the criterion? Think about it in a few sentences, then end with a last "
    "line that is "
    "the single letter Y or N."
)
LETTER = re.compile(r"\s*\(?([A-E])\)", re.IGNORECASE)
LAST = re.compile(r"(?:^|[^A-Za-z])([YN])\.?\s*\Z")


def _category(answer: str) -> tuple[str, str]:
    """The category's letter and the judge's reason; also of the older form ``(A) because …``."""
    if found := LETTER.match(answer):
        return found[1].upper(), answer[found.end() :].strip()
    told = only_object(answer, {"category"}, "category")
    return str(told["category"]).strip().upper(), str(told.get("reason") or "")


def factuality(asked: Asked) -> Graded:
    """The value is the reference. ``config`` may score the categories; all but D have 1."""
    fields = {"question": prompt_of(asked), "reference": values.text(asked), "output": asked.output}
    answer = ask(asked, FACTUALITY, fields)
    letter, reason = _category(answer)
    if letter not in CATEGORIES:
        raise unreadable(answer, "category")
    name, default, told = CATEGORIES[letter]
    score = values.number(asked.config.get(name, default), name)
    if not 0 <= score <= 1:
        raise CannotGrade(f"needs a number from 0 to 1 as {name}")
    passed = (score > 0) != asked.inverse
    return Graded(passed, 1 - score if asked.inverse else score, (reason or told)[:2000])


def closed_qa(asked: Asked) -> Graded:
    """The value is a criterion; the judge's last letter decides."""
    fields = {"question": prompt_of(asked), "criterion": values.text(asked), "output": asked.output}
    answer = ask(asked, CLOSED_QA, fields).rstrip()
    found = LAST.search(answer)
    if not found:
        raise unreadable(answer, "verdict Y or N")
    return turned(asked, found[1] == "Y", answer[:2000])
