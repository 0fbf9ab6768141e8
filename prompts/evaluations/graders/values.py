"""Values of assertions: variables filled in, lists read from text, numbers checked."""

import csv
import re
from typing import Any

from prompts.evaluations.graders.outcome import Asked, CannotGrade, plain

PLACEHOLDER = re.compile(r"\{\{-?\s*([A-Za-z_][\w.-]{0,200}?)\s*-?\}\}")


def fill(value: Any, variables: dict[str, Any]) -> Any:
    """``{{ name }}`` and ``{{ name.part }}`` replaced in a text or in a list's texts; nothing is evaluated.

    A name without a value becomes empty, as in the templates these files are written for.
    """
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: _look_up(found[1], variables), value)
    if isinstance(value, list):
        return [fill(item, variables) if isinstance(item, str) else item for item in value]
    return value


def _look_up(path: str, variables: dict[str, Any]) -> str:
    found: Any = variables
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            return ""
        found = found[part]
    return plain(found)


def scalar(asked: Asked) -> str:
    """A text or a number that is not empty, as text."""
    value = asked.value
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        raise CannotGrade(f"needs a value: {asked.type} compares with a text or a number")
    return plain(value)


def text(asked: Asked) -> str:
    """A text that is not empty."""
    if not isinstance(asked.value, str) or not asked.value:
        raise CannotGrade(f"needs a value: {asked.type} compares with a text")
    return asked.value


def several(asked: Asked) -> list[str]:
    """A list of texts; one text is read as values separated by commas, quoted where they hold one."""
    value = asked.value
    if isinstance(value, str) and value:
        value = [part.strip() for part in next(csv.reader([value.replace("\n", " ")], skipinitialspace=True))]
    if not isinstance(value, list) or not value:
        raise CannotGrade(f"needs a value: {asked.type} compares with a list")
    return [plain(item) for item in value]


def number(value: Any, what: str) -> float:
    """A number, also written as text."""
    try:
        if isinstance(value, bool) or value is None:
            raise ValueError
        found = float(value)
    except (TypeError, ValueError):
        raise CannotGrade(f"needs a number as {what}") from None
    if found != found or found in (float("inf"), float("-inf")):
        raise CannotGrade(f"needs a number as {what}")
    return found
