"""What every measure reads: results with the tags of their cases. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from prompts.evaluations.graders.choice import chosen
from prompts.evaluations.graders.refusal import refuses


@dataclass(frozen=True, slots=True)
class Row:
    """One result: ``passed`` and ``score`` 0…1, what was answered; results without an answer are left out.

    ``chose`` is the letter that was picked, where the case offered options.
    """

    case: str
    tags: tuple[str, ...]
    passed: bool
    score: float
    output: str
    about: dict[str, str] = field(default_factory=dict)
    chose: str = ""

    @classmethod
    def of(
        cls, case: str, tags: Iterable[str], passed: bool, score: float, output: str,
        assertions: Iterable[Any] = (),
    ) -> "Row":  # fmt: skip
        """With ``about``: the tags of the form ``key:value``; ``assertions`` are the verdicts as stored."""
        told = tuple(tags)
        about = dict(tag.split(":", 1) for tag in told if ":" in tag)
        return cls(case, told, passed, score, output, about, _chose(assertions, output))

    @property
    def refused(self) -> bool:
        """Whether the answer declines to answer."""
        return refuses(self.output)


def _chose(assertions: Iterable[Any], output: str) -> str:
    """The letter that a ``choice`` among the verdicts reads in the output."""
    for one in assertions:
        asked = one.get("assertion") or {}
        if str(asked.get("type", "")).removeprefix("not-") == "choice":
            return chosen(output, [str(option) for option in asked["config"]["options"]])
    return ""


def mean(values: Iterable[float]) -> float:
    """The mean; 0 for none."""
    told = list(values)
    return sum(told) / len(told) if told else 0.0
