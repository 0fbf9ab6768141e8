"""Which model grader gave a verdict: its kind, what it was told to look for, which model judged. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from prompts.evaluations.graders.compare import COMPARISONS
from prompts.evaluations.graders.names import JUDGED
from prompts.evaluations.snapshots import digest_of

DECIDES = ("type", "value", "threshold", "rubricPrompt", "config")
"""What of an assertion makes it another grader."""
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict of a model grader on one answer; ``grader`` binds kind, rubric and judge."""

    grader: str
    kind: str
    rubric: str
    judge: str
    passed: bool


def judged_in(verdicts: Iterable[Any], judge: str) -> Iterator[Judged]:
    """The verdicts among a result's that a model gave, each grader once.

    Verdicts that compare several answers are left out: a person who sees one answer cannot give them.
    """
    seen = set()
    for one in verdicts:
        asked = one.get("assertion") or {}
        kind = str(asked.get("type", ""))
        base = kind.removeprefix("not-")
        if not judge or base not in JUDGED or base in COMPARISONS:
            continue
        grader = digest_of([{name: asked[name] for name in DECIDES if name in asked}, judge])
        if grader not in seen:
            seen.add(grader)
            yield Judged(grader, kind, _words(asked.get("value")), judge, bool(one.get("pass")))


def _words(value: Any) -> str:
    told = "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return told[:LONGEST]
