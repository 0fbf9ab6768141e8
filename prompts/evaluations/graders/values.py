"""Values of assertions: variables filled in, lists read from text, numbers checked."""

import re
from typing import Any

from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade
from prompts.evaluations.graders.slow_lane import LANE, BadPattern

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w.]{0,200})\s*\}\}")
MARKS = ("{{", "{%", "{#")
SECONDS = 2.0
FIELD = re.compile(r"\s*(?:\"((?:[^\"\\]|\"\"|\\.)*)\"\s*|([^,\"][^,]*))(?:,|$)", re.DOTALL)
SCHEMAS = {"is-json", "contains-json"}
"""Objects as values of these are schemas, in which braces are meant literally."""


def fill(value: Any, variables: dict[str, Any]) -> Any:
    """Variables filled in: in a text, in a list's texts and in an object's, all the way down.

    ``{{ name }}`` and ``{{ name.part }}`` are looked up here; whatever else the template language knows
    (filters, conditions, loops) is rendered in the slow lane. A name without a value becomes empty. Raises
    ``CannotGrade`` for a text that is no template.
    """
    if isinstance(value, str):
        return _filled(value, variables) if any(mark in value for mark in MARKS) else value
    if isinstance(value, list):
        return [fill(item, variables) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, variables) for key, item in value.items()}
    return value


def _filled(text: str, variables: dict[str, Any]) -> str:
    done = PLACEHOLDER.sub("", text)
    if not any(mark in done for mark in MARKS):
        return PLACEHOLDER.sub(lambda found: _printed(_look_up(found[1], variables)), text)
    try:
        return LANE.render(text, variables, seconds=SECONDS)
    except BadPattern as error:
        raise CannotGrade(f"the value is no template: {error}") from None
    except TimeoutError:
        raise CannotGrade(f"filling the value in took longer than {SECONDS:g} s") from None


def _look_up(path: str, variables: dict[str, Any]) -> Any:
    found: Any = variables
    for part in path.split("."):
        if isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, dict) and part in found:
            found = found[part]
        else:
            return None
    return found


def _printed(value: Any) -> str:
    """As the template language prints: nothing for null, a list's items with commas between."""
    if value is None:
        return ""
    return ",".join(map(_printed, value)) if isinstance(value, list) else plain(value)


def scalar(asked: Asked) -> str:
    """A text or a number that is not empty, as text."""
    value = asked.value
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        raise CannotGrade(f"needs a value: {asked.type} compares with a text or a number")
    return plain(value)


def text(asked: Asked, *, empty: bool = False) -> str:
    """A text; one that is not empty unless told."""
    if not isinstance(asked.value, str) or not (asked.value or empty):
        raise CannotGrade(f"needs a value: {asked.type} compares with a text")
    return asked.value


def several(asked: Asked) -> list[str]:
    """A list of texts; one text is read as values separated by commas, quoted where they hold one."""
    value = asked.value
    if isinstance(value, str) and value:
        value = separated(value)
    if not isinstance(value, list):
        raise CannotGrade(f"needs a value: {asked.type} compares with a list")
    return [plain(item) for item in value]


def texts(asked: Asked) -> list[str]:
    """One text, or a list of them."""
    value = asked.value if isinstance(asked.value, list) else [asked.value]
    if not value or not all(isinstance(item, str) for item in value):
        raise CannotGrade(f"needs a value: {asked.type} compares with a text or a list of texts")
    return value


def separated(raw: str) -> list[str]:
    """Values between commas; a quoted one may hold commas, and quotes doubled or behind a backslash."""
    found: list[str] = []
    at = 0
    while at < len(raw):
        if raw[at] == "," or raw[at].isspace():
            at += 1
            continue
        part = FIELD.match(raw, at)
        if part is None:
            raise CannotGrade(
                "the value has a quotation mark that is not closed, or text behind a quoted part"
            )
        found.append(
            part[2].strip() if part[1] is None else re.sub(r'\\(["\\])|""', lambda m: m[1] or '"', part[1])
        )
        at = part.end()
    return found


def number(value: Any, what: str) -> float:
    """A number, also written as text."""
    try:
        if isinstance(value, bool) or value is None:
            raise ValueError
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise CannotGrade(f"needs a number as {what}") from None
    if found != found or found in (float("inf"), float("-inf")):
        raise CannotGrade(f"needs a number as {what}")
    return found


def bound(value: dict[str, Any], name: str) -> float | None:
    """A number of the value's object, None where it is not named."""
    return None if value.get(name) is None else number(value[name], name)
