"""``is-html`` and ``contains-html``, read in the slow lane."""

from typing import Any

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided
from prompts.evaluations.graders.slow_lane import LANE, BadPattern

SECONDS = 5.0
MOST = 10 * 1024 * 1024
"""Characters; a longer text is taken for no HTML, as in promptfoo."""


def _read(asked: Asked, **question: Any) -> Any:
    try:
        return LANE.ask("html", SECONDS, text=asked.text, **question)
    except TimeoutError:
        raise CannotGrade(f"reading the HTML took longer than {SECONDS:g} s") from None
    except BadPattern as error:
        raise CannotGrade(f"the HTML cannot be read: {error}") from None


def is_html(asked: Asked) -> Graded:
    """HTML elements and nothing outside of them, all closed that must be."""
    fault = "the output is too long" if len(asked.text) > MOST else _read(asked, whole=True)
    return decided(asked, not fault, f"be valid HTML: {fault}" if fault else "be valid HTML")


def contains_html(asked: Asked) -> Graded:
    """At least two signs of HTML: tags, entities, attributes, comments, a doctype."""
    return decided(asked, len(asked.text) <= MOST and bool(_read(asked)), "contain HTML")
