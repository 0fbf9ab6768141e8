"""What each assertion promises, as tables of our own inputs: the page that promises it, and what comes out.

Pages are those of promptfoo's documentation under ``configuration/expected-outputs/``.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rule:
    """``passes`` True or False; or ``error``, words of it. ``score`` where it is more than 1 for a pass."""

    page: str
    assertion: dict[str, Any]
    output: Any
    passes: bool | None = None
    score: float | None = None
    error: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def rules(page: str, kind: str, *rows: tuple[Any, ...], **context: Any) -> list[Rule]:
    """Rules of one page: rows of value (or the assertion's fields), output, and what comes out.

    What comes out is True, False, a pair with the score, or words of an error.
    """
    found = []
    for told, output, wanted in rows:
        fields = told if isinstance(told, Fields) else {} if told is None else {"value": told}
        assertion = {"type": kind, **fields}
        passes, score = wanted if isinstance(wanted, tuple) else (wanted, None)
        error = passes if isinstance(passes, str) else ""
        found.append(Rule(page, assertion, output, None if error else passes, score, error, context))
    return found


class Fields(dict):
    """Fields of an assertion, to tell them from an object as its value."""
