"""What a run keeps of cases and providers, so that its evidence says what was asked of whom. Pure."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def digest_of(value: Any) -> str:
    """SHA-256 of a JSON value with sorted keys."""
    return hashlib.sha256(_encode(value).encode()).hexdigest()


def digest_of_list(digests: Iterable[str]) -> str:
    """What ``digest_of`` gives for the list of these digests, without the list in memory."""
    told, comma = hashlib.sha256(b"["), b""
    for digest in digests:
        told.update(comma + b'"' + digest.encode() + b'"')
        comma = b","
    told.update(b"]")
    return told.hexdigest()


def _fraction(value: Any) -> str:
    """A decimal without trailing zeros, so that 1 and 1.000 are one text."""
    return format(Decimal(str(value)).normalize(), "f")


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """One case as it was when the run was started; ``weight`` and ``threshold`` are decimals as text.

    ``digest`` covers what decides the outcome, which the tags do not.
    """

    name: str
    vars: dict[str, Any]
    assertions: list[dict[str, Any]]
    weight: str = "1"
    threshold: str | None = None
    case_id: int | None = None
    digest: str = ""
    tags: list[str] = field(default_factory=list)

    @classmethod
    def taken(
        cls,
        name: str,
        vars: dict[str, Any],
        assertions: list[Any],
        weight: Any,
        threshold: Any,
        case_id: int | None,
        tags: Sequence[str] = (),
    ) -> Self:
        """The snapshot with its digest, which covers all that decides the outcome."""
        told_weight = _fraction(weight)
        told_threshold = None if threshold is None else _fraction(threshold)
        covered = [name, vars, assertions, told_weight, told_threshold]
        digest = digest_of(covered)
        return cls(name, vars, assertions, told_weight, told_threshold, case_id, digest, list(tags))

    @property
    def key(self) -> str:
        """The digest of the words and tags, whatever case holds them."""
        return digest_of([self.digest, self.tags])

    def as_dict(self) -> dict[str, Any]:
        """As exports tell it."""
        return {name: getattr(self, name) for name in self.__slots__}


def suite_digest(cases: Iterable[CaseSnapshot]) -> str:
    """One digest of all cases, whatever their order."""
    return digest_of_list(sorted(case.digest for case in cases))


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
