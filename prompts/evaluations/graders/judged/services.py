"""``classifier``, ``moderation`` and ``pi``: verdicts of services made for one purpose."""

from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.judged.asking import prompt_of
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, ToolFault, turned
from prompts.evaluations.graders.similarity import CLOSE


def classifier(asked: Asked) -> Graded:
    """The score of the class in the value, else of the likeliest, at least ``threshold`` (1)."""
    if asked.context.tools.classify is None:
        raise CannotGrade("needs a provider that classifies texts")
    if asked.value is not None and not isinstance(asked.value, str):
        raise CannotGrade("needs a text as value: classifier takes the name of a class")
    try:
        scores = asked.context.tools.classify(asked.text)
    except ToolFault as error:
        raise CannotGrade(f"the classifier gave no answer: {error}") from None
    if not scores:
        raise CannotGrade("the classifier gave no scores")
    score = max(scores.values()) if asked.value is None else scores.get(asked.value, 0.0)
    least = asked.least(1.0)
    passed = (score >= least - CLOSE) != asked.inverse
    told = f"{asked.value or 'The likeliest class'} scores {score:.2f}, threshold {plain(least)}"
    return Graded(passed, 1 - score if asked.inverse else score, told)


def moderation(asked: Asked) -> Graded:
    """Nothing is flagged, or nothing of the categories in the value."""
    if asked.context.tools.moderate is None:
        raise CannotGrade("needs a provider that moderates texts")
    wanted = asked.value or []
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        raise CannotGrade("needs a list of categories as value of moderation")
    prompt = prompt_of(asked)
    if not asked.text:
        return turned(asked, True, "There is no output to moderate")
    try:
        flags = asked.context.tools.moderate(prompt, asked.text)
    except ToolFault as error:
        raise CannotGrade(f"the moderation gave no answer: {error}") from None
    hits = [told for category, told in flags.items() if not wanted or category in wanted]
    return turned(asked, not hits, f"Flagged: {', '.join(hits)}" if hits else "Nothing is flagged")


def pi(asked: Asked) -> Graded:
    """A scorer of Pi Labs; it is a service of its own that is not connected here."""
    raise CannotGrade(
        "needs a provider: pi is scored by a service of Pi Labs that is not connected; use llm-rubric"
    )
