"""What a gate asks, as values: read from JSON, told in plain words, compared with before. Pure."""

from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, Self

SEVERITIES = ("low", "medium", "high", "critical")
"""From the mildest on."""
MOST_EMERGENCY_HOURS = 72
MOST_REVIEW_HOURS = 24 * 14


def severity_reaches(severity: str, least: str) -> bool:
    """Whether a finding is at least that bad; one of an unknown severity counts as the worst."""
    if severity not in SEVERITIES:
        return True
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


@dataclass(frozen=True, slots=True)
class GateDemands:
    """What the gate itself asks; the names are those of ``GatePolicy``."""

    requires_approval: bool = True
    requires_runs: bool = False
    requires_documentation: list[str] = field(default_factory=list)
    requires_standard: bool = False
    requires_settled_comments: bool = False
    requires_calibration: bool = False
    shut_by_findings: str = ""
    overdue_inherited: str = "warn"
    emergency_roles: list[str] = field(default_factory=list)
    emergency_hours: int = 0
    review_hours: int = 72

    @classmethod
    def of(cls, gate: Any) -> Self:
        """Those of a gate as stored."""
        return cls(**{told.name: getattr(gate, told.name) for told in fields(cls)})

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From a JSON column."""
        return cls(**{told.name: stored[told.name] for told in fields(cls) if told.name in stored})

    def as_dict(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)

    def words(self, sections: dict[str, str], titles: dict[str, str]) -> list[str]:
        """Plain sentences; ``sections`` and ``titles`` are the printed names of fields and roles."""
        told = [
            "A valid approval of the very text." if self.requires_approval else "No approval.",
        ]
        if self.requires_runs:
            told.append("The suites of later gates have run on the text, with any outcome.")
        if self.requires_documentation:
            named = ", ".join(sections.get(name, name) for name in self.requires_documentation)
            told.append(f"These fields of the description are filled in: {named}.")
        if self.requires_standard:
            told.append("The documentation is complete by the standard of the prompt's tier.")
        if self.requires_settled_comments:
            told.append("No remark on the version or on the prompt is open.")
        if self.requires_calibration:
            told.append("Models that grade agree with people who graded the same answers blind.")
        if self.shut_by_findings:
            worse = "" if self.shut_by_findings == "critical" else " or worse"
            told.append(f"No finding of severity {self.shut_by_findings}{worse} is open.")
        if self.emergency_hours:
            pair = " and ".join(titles.get(role, role).lower() for role in self.emergency_roles)
            told.append(
                f"In an emergency {pair} together may pass it for {self.emergency_hours} hours at most; "
                f"a third person looks at it within {self.review_hours} hours, or the prompt is frozen."
            )
        else:
            told.append("Nobody passes it in an emergency.")
        late = "freezes the prompt" if self.overdue_inherited == "freeze" else "is told and shown"
        told.append(f"An inherited text that is not recertified in time {late}.")
        return told


@dataclass(frozen=True, slots=True)
class SuiteDemands:
    """What a suite must reach; ``least_pass_rate`` is a decimal 0…1 as text."""

    least_pass_rate: str
    max_age_days: int | None = None
    least_cases: int = 1
    providers: list[str] = field(default_factory=list)
    allows_recorded: bool = False
    cases_digest: str = ""

    @classmethod
    def of(cls, bound: Any) -> Self:
        """Those of a suite at a gate, as stored."""
        return cls(
            f"{bound.least_pass_rate:.4f}",
            bound.max_age_days,
            bound.least_cases,
            list(bound.providers),
            bound.allows_recorded,
            bound.cases_digest,
        )

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From a JSON column."""
        return cls(**{told.name: stored[told.name] for told in fields(cls)})

    def as_dict(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)

    def words(self) -> list[str]:
        """Plain sentences."""
        rate = (Decimal(self.least_pass_rate) * 100).normalize()
        told = [f"At least {rate:f} % of its cases pass, of {self.least_cases} or more."]
        if self.max_age_days is not None:
            told.append(f"The run is not older than {self.max_age_days} days.")
        asked = f"Only runs on {', '.join(self.providers)} count." if self.providers else ""
        told.append(asked or "Runs on any provider that asks a model count.")
        if self.allows_recorded:
            told.append("Recorded answers count as well.")
        return [*told, f"Its cases are those with the digest {self.cases_digest[:12]}."]


def loosens(before: SuiteDemands, after: SuiteDemands) -> bool:
    """Whether the new demand lets something through that the old one stopped; other cases count as that."""
    return (
        Decimal(after.least_pass_rate) < Decimal(before.least_pass_rate)
        or _later(before.max_age_days, after.max_age_days)
        or after.least_cases < before.least_cases
        or (after.allows_recorded and not before.allows_recorded)
        or _wider(before.providers, after.providers)
        or after.cases_digest != before.cases_digest
    )


def _later(before: int | None, after: int | None) -> bool:
    return before is not None and (after is None or after > before)


def _wider(before: list[str], after: list[str]) -> bool:
    """An empty list lets every provider in that asks a model."""
    return bool(before) and (not after or not set(after) <= set(before))


@dataclass(frozen=True, slots=True)
class Difference:
    """Sentences that no longer hold, and those that hold from now on."""

    gone: list[str]
    new: list[str]


def difference(before: list[str], after: list[str]) -> Difference:
    """What changes between two lists of sentences."""
    return Difference(
        [one for one in before if one not in after], [one for one in after if one not in before]
    )
