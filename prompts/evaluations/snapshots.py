"""What a run keeps of cases and providers, so that its evidence says what was asked of whom. Pure."""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self


def digest_of(value: Any) -> str:
    """SHA-256 of a JSON value with sorted keys."""
    exact = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(exact.encode()).hexdigest()


def _fraction(value: Any) -> str:
    """A decimal without trailing zeros, so that 1 and 1.000 are one text."""
    return format(Decimal(str(value)).normalize(), "f")


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """One case as it was when the run was started; ``weight`` and ``threshold`` are decimals as text."""

    name: str
    vars: dict[str, Any]
    assertions: list[dict[str, Any]]
    weight: str = "1"
    threshold: str | None = None
    case_id: int | None = None
    digest: str = field(default="")

    @classmethod
    def taken(
        cls,
        name: str,
        vars: dict[str, Any],
        assertions: list[Any],
        weight: Any,
        threshold: Any,
        case_id: int | None,
    ) -> Self:
        """The snapshot with its digest, which covers all that decides the outcome."""
        told_weight = _fraction(weight)
        told_threshold = None if threshold is None else _fraction(threshold)
        covered = [name, vars, assertions, told_weight, told_threshold]
        return cls(name, vars, assertions, told_weight, told_threshold, case_id, digest_of(covered))

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From the run's JSON column."""
        return cls(**{name: stored[name] for name in cls.__slots__})

    def as_dict(self) -> dict[str, Any]:
        """For the run's JSON column."""
        return {name: getattr(self, name) for name in self.__slots__}


def suite_digest(cases: list[CaseSnapshot]) -> str:
    """One digest of all cases, whatever their order."""
    return digest_of(sorted(case.digest for case in cases))


@dataclass(frozen=True, slots=True)
class ProviderSnapshot:
    """Which provider was asked; the key is no part of it."""

    id: int
    name: str
    kind: str
    model: str

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From the run's JSON column."""
        return cls(**{name: stored[name] for name in cls.__slots__})

    def as_dict(self) -> dict[str, Any]:
        """For the run's JSON column."""
        return {name: getattr(self, name) for name in self.__slots__}
