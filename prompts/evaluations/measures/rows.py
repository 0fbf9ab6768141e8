"""What every measure reads: results with the tags of their cases. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from prompts.evaluations.graders.refusal import refuses


@dataclass(frozen=True, slots=True)
class Row:
    """One result: ``passed`` and ``score`` 0…1, what was answered; results without an answer are left out."""

    case: str
    tags: tuple[str, ...]
    passed: bool
    score: float
    output: str
    about: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, case: str, tags: Iterable[str], passed: bool, score: float, output: str) -> "Row":
        """With ``about``: the tags of the form ``key:value``."""
        told = tuple(tags)
        about = dict(tag.split(":", 1) for tag in told if ":" in tag)
        return cls(case, told, passed, score, output, about)

    @property
    def refused(self) -> bool:
        """Whether the answer declines to answer."""
        return refuses(self.output)


def mean(values: Iterable[float]) -> float:
    """The mean; 0 for none."""
    told = list(values)
    return sum(told) / len(told) if told else 0.0
