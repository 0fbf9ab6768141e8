"""How complete a prompt's documentation is: which fields count, which are missing."""

from dataclasses import dataclass
from typing import Any

from prompts.registry.models import Prompt

FIELDS = (
    "purpose",
    "intended_use",
    "excluded_use",
    "audience",
    "limits",
    "explanation",
    "contact",
    "owner",
    "tags",
    "regulation_tags",
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """``filled`` of ``total`` fields; ``missing`` holds (field, words)."""

    filled: int
    total: int
    missing: list[tuple[str, str]]

    @property
    def is_full(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def completeness(prompt: Prompt) -> Completeness:
    """Counts the fields; regulation tags only count where the risk is high, since others need none."""
    names = [name for name in FIELDS if name != "regulation_tags" or prompt.risk_tier == "high"]
    missing = [(name, words(name)) for name in names if not _filled(getattr(prompt, name))]
    return Completeness(len(names) - len(missing), len(names), missing)


def words(name: str) -> str:
    """The field's name for a reader."""
    return str(getattr(Prompt._meta.get_field(name), "verbose_name", name)).replace("_", " ")


def _filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)
