"""What a prompt's documentation consists of, what a standard asks of it, and what is missing. Pure.

The meter on the pages, the work list and the gate all ask ``completeness``, so that they never disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audits.identity.errors import Unacceptable
from audits.ledger.canonical import canonical_json, sha256_hex

SECTIONS = {
    "purpose": "purpose",
    "intended_use": "intended use",
    "excluded_use": "not for",
    "audience": "read by",
    "data": "data it sees",
    "limits": "known limits",
    "hazards": "hazards",
    "explanation": "explanation in plain language",
    "contact": "incident contact",
    "owner": "owner",
}
"""Every section by the name of its field, with its title, in the order in which a reader wants them."""

OWNER = "owner"
"""The one section that is a person and no text: it is there or not."""
LONGEST = {"audience": 200, "contact": 200}
MOST = 2000
BLANK = " \t\r\n"
"""What does not count at either end of a section; the database strips the same characters."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section that must hold at least ``least`` characters (1: must not be empty)."""

    name: str
    least: int = 1

    @property
    def title(self) -> str:
        """The section's name for a reader."""
        return SECTIONS[self.name]


@dataclass(frozen=True, slots=True)
class Standard:
    """What a risk tier asks; ``label`` is ``name@version``, empty where no standard is set."""

    label: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Completeness:
    """``filled`` of ``total`` sections are as the standard asks; ``missing`` holds (field, title, why)."""

    filled: int
    total: int
    missing: list[tuple[str, str, str]]

    @property
    def is_full(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def completeness(standard: Standard, values: Mapping[str, Any]) -> Completeness:
    """Holds the sections' texts (the owner as a user name) against the standard."""
    missing = [
        (section.name, section.title, reason)
        for section in standard.sections
        if (reason := _why_not(section, str(values.get(section.name) or "")))
    ]
    total = len(standard.sections)
    return Completeness(total - len(missing), total, missing)


def _why_not(section: Section, text: str) -> str:
    length = len(text.strip(BLANK))
    if not length:
        return "nobody" if section.name == OWNER else "empty"
    return f"{length} of at least {section.least} characters" if length < section.least else ""


def parse_sections(stored: Any) -> tuple[Section, ...]:
    """The sections of a standard from their JSON, ``[{"name", "least"}]``, in the order of ``SECTIONS``.

    Raises ``Unacceptable`` (field ``sections``) for an unknown section, one named twice, or a length that is
    no whole number from 1 to what the field can hold.
    """
    if not isinstance(stored, list) or not all(isinstance(row, dict) for row in stored):
        raise _fault("A standard is a list of sections.")
    found: dict[str, Section] = {}
    for row in stored:
        name, least = row.get("name"), row.get("least", 1)
        if not isinstance(name, str) or name not in SECTIONS:
            raise _fault(f"Prompts have no section {str(name)[:60]!r}.")
        if name in found:
            raise _fault(f"The section {SECTIONS[name]} is named twice.")
        most = 1 if name == OWNER else LONGEST.get(name, MOST)
        if type(least) is not int or not 1 <= least <= most:
            raise _fault(f"The section {SECTIONS[name]} can be asked for 1 to {most} characters.")
        found[name] = Section(name, least)
    return tuple(found[name] for name in SECTIONS if name in found)


def as_json(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """The sections as they are stored."""
    return [{"name": section.name, "least": section.least} for section in sections]


def documentation_digest(told: Any) -> str:
    """SHA-256 of the canonical JSON of all sections; ``NotCanonical`` for what has none."""
    return sha256_hex(canonical_json(told))


def _fault(message: str) -> Unacceptable:
    return Unacceptable(message, field="sections")
