"""What a signer is shown beside the text, and its digest. Pure.

The caller collects it, since it comes from rooms that this one does not know; the signature binds it.
"""

from dataclasses import dataclass, field
from typing import Any

from audits.identity.errors import Unacceptable
from audits.ledger.canonical import NotCanonical, canonical_json, sha256_hex

SCHEMA = 2
"""Of what is collected now; a signature keeps the schema it was given under. 1 had the first four parts."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Runs, documentation, policy and the version compared with, as text and integers (no binary fractions).

    ``runs``: the newest finished run per suite ``{"id", "suite", "passed", "failed", "errors", "score",
    "digest", …}``; ``documentation``: the prompt's fields by name; ``policy_version``: ``name@version``;
    ``compared_with``: ``{"version", "digest", "environment"}``; ``findings``: open ones, as their room tells
    them; ``comments``: open ones ``{"id", "place", "author", "text", "answers"}``, the texts as digests;
    ``authors``: names of all who count as authors of the text.
    """

    runs: list[dict[str, Any]] = field(default_factory=list)
    documentation: dict[str, Any] = field(default_factory=dict)
    policy_version: str = ""
    compared_with: dict[str, Any] | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored with the signature."""
        return {
            "schema": SCHEMA,
            "runs": self.runs,
            "documentation": self.documentation,
            "policy_version": self.policy_version,
            "compared_with": self.compared_with,
            "findings": self.findings,
            "comments": self.comments,
            "authors": self.authors,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form; raises ``Unacceptable`` for values that have none."""
        return digest_of(self.as_dict())


def digest_of(stored: Any) -> str:
    """The digest of evidence as it is stored."""
    try:
        return sha256_hex(canonical_json(stored))
    except NotCanonical as error:
        raise Unacceptable(f"The evidence cannot be signed: {error}", field="evidence") from error
