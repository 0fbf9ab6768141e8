"""Assertions tried out before they are kept: what could never be asked is told to whoever writes it."""

from collections.abc import Iterator
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.evaluations.assertion_kinds import said
from prompts.evaluations.graders import CannotGrade, Context, grade_one

TRIED = {
    "equals", "contains", "icontains", "contains-all", "contains-any", "icontains-all", "icontains-any",
    "starts-with", "ends-with", "regex", "word-count", "character-count", "is-json", "contains-json", "cel",
}  # fmt: skip
"""Of these the value alone can be at fault; the others ask models, traces or the way out."""
FAULTS = ("Invalid regex pattern", "the JSON Schema is", "the value is no template", "the value of",
          "needs a number", "needs min or max")  # fmt: skip
NO_CEL = "ERROR: <input>"
OUTPUT = "{}"
"""Something that is JSON, so that schemas are read."""


def check_trial(assertions: list[dict[str, Any]], variables: dict[str, Any], field: str) -> None:
    """Raises ``Unacceptable`` for a pattern, a schema, a condition or a template that is none."""
    for one in each(assertions):
        if fault := fault_of(one, variables):
            raise Unacceptable(f"The answer {said(one)}: {fault}", field=field)


def each(assertions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The assertions, those of sets in place of the set."""
    for one in assertions:
        if one["type"] == "assert-set":
            yield from each(one["assert"])
        else:
            yield one


def fault_of(assertion: dict[str, Any], variables: dict[str, Any]) -> str:
    """Why it can never be asked; empty where only an answer can tell."""
    if assertion["type"].removeprefix("not-") not in TRIED:
        return ""
    try:
        told = grade_one({**assertion, "weight": 1}, OUTPUT, Context(vars=variables)).reason
    except CannotGrade as error:
        told = str(error)
    return told if told.startswith(FAULTS) or NO_CEL in told else ""
