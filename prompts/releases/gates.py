"""The gate: facts in, a verdict with reasons out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """The newest complete approval of the text, and references to its sign-offs (``sign-off/7``).

    ``waits_until`` is when it takes effect, where the policy's time of waiting is not over.
    """

    policy: str
    signers: tuple[str, ...]
    expires_at: datetime
    is_valid: bool
    evidence: tuple[str, ...] = ()
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SuiteFact:
    """What a suite asks and what its newest finished run on this text reached (``score`` 0…1, None: no run).

    ``any_outcome``: it must have run, however well. ``is_stale``: its cases changed after that run.
    """

    name: str
    least_pass_rate: Decimal
    max_age_days: int | None = None
    any_outcome: bool = False
    run: int | None = None
    score: Decimal | None = None
    passed: int = 0
    total: int = 0
    finished_at: datetime | None = None
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class DocumentationFact:
    """A section that must be there; ``why`` says what is wrong with it where it is not just empty."""

    title: str
    is_filled: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything that a verdict depends on, at the moment ``at``. ``policy_id`` None: no policy covers it."""

    prompt: str
    version: int
    environment: str
    digest: str
    at: datetime
    policy_id: int | None
    policy_version: int
    is_frozen_text: bool
    is_intact: bool
    requires_approval: bool
    approval: ApprovalFact | None
    suites: tuple[SuiteFact, ...]
    documentation: tuple[DocumentationFact, ...]
    freeze: str | None
    retirement: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was asked; ``evidence`` are references such as ``run/12``, ``sign-off/7``."""

    code: str
    title: str
    passed: bool
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer, in the shape of the contract."""

    prompt: str
    version: int
    environment: str
    digest: str
    policy_id: int | None
    policy_version: int
    checks: tuple[Check, ...]

    @property
    def open(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not."""
        return tuple(check for check in self.checks if not check.passed)

    def as_dict(self, link: Callable[[str], str] = str) -> dict[str, Any]:
        """The contract's JSON; ``link`` turns a reference into an address (kept as it is unless given)."""
        return {
            "open": self.open,
            "prompt": self.prompt,
            "version": self.version,
            "environment": self.environment,
            "digest": self.digest,
            "policy": {"id": self.policy_id, "version": self.policy_version},
            "checks": [
                {
                    "code": check.code,
                    "title": check.title,
                    "passed": check.passed,
                    "reason": check.reason,
                    "evidence": [link(reference) for reference in check.evidence],
                }
                for check in self.checks
            ],
        }


def judge(facts: GateFacts) -> Verdict:
    """Asks everything, also after the first failure: the reader wants the whole list."""
    checks = [_text(facts)]
    if facts.policy_id is None:
        reason = f"No gate policy covers {facts.environment}; without one nothing passes."
        checks.append(Check("policy", "A gate policy covers the environment", False, reason))
    if facts.requires_approval:
        checks.append(_approval(facts))
    checks += [_suite(suite, facts) for suite in facts.suites]
    if facts.documentation:
        checks.append(_documentation(facts))
    checks.append(_standing("not_frozen", "The prompt is not frozen", facts.freeze))
    checks.append(_standing("not_retired", "The prompt is not retired", facts.retirement))
    return Verdict(
        facts.prompt,
        facts.version,
        facts.environment,
        facts.digest,
        facts.policy_id,
        facts.policy_version,
        tuple(checks),
    )


def _text(facts: GateFacts) -> Check:
    title = "The text is frozen"
    if not facts.is_frozen_text:
        return Check("frozen_text", title, False, "It is a draft; submit it first.")
    if not facts.is_intact:
        return Check(
            "frozen_text", title, False, "The stored text no longer has the digest it was frozen under."
        )
    return Check("frozen_text", title, True, f"SHA-256 {facts.digest[:12]}…")


def _approval(facts: GateFacts) -> Check:
    title, approval = "The text is approved", facts.approval
    if approval is None:
        return Check("approval", title, False, "Not every signature that its policy asks for is there.")
    if approval.waits_until is not None:
        reason = f"Signed, but the approval takes effect only at {approval.waits_until:%Y-%m-%d %H:%M} UTC."
        return Check("approval", title, False, reason, approval.evidence)
    if not approval.is_valid:
        reason = f"The approval expired on {approval.expires_at:%Y-%m-%d}; submit the version again."
        return Check("approval", title, False, reason, approval.evidence)
    if not approval.signers:
        return Check("approval", title, True, f"The policy {approval.policy} asks for no signature.")
    reason = f"Signed by {', '.join(approval.signers)}; valid until {approval.expires_at:%Y-%m-%d}."
    return Check("approval", title, True, reason, approval.evidence)


def _suite(suite: SuiteFact, facts: GateFacts) -> Check:
    code, title = f"evidence:{suite.name}", f"{suite.name} passed on this text"
    if suite.any_outcome:
        title = f"{suite.name} ran on this text"
    if suite.run is None or suite.score is None or suite.finished_at is None or not suite.total:
        return Check(code, title, False, "There is no finished run on this very text.")
    told = f"{suite.passed} of {suite.total} passed ({_percent(suite.score)})"
    evidence = (f"run/{suite.run}",)
    if suite.any_outcome:
        return Check(code, title, True, f"{told}; here any outcome will do.", evidence)
    if suite.is_stale:
        return Check(code, title, False, f"{told}, but its cases changed since; run it again.", evidence)
    asked = f"{_percent(suite.least_pass_rate)} asked"
    if suite.score < suite.least_pass_rate:
        return Check(code, title, False, f"{told}, {asked}.", evidence)
    if suite.max_age_days is not None and facts.at - suite.finished_at > timedelta(days=suite.max_age_days):
        reason = f"{told}, but the run is older than {suite.max_age_days} days."
        return Check(code, title, False, reason, evidence)
    return Check(code, title, True, f"{told}, {asked}.", evidence)


def _documentation(facts: GateFacts) -> Check:
    title = "The documentation is complete"
    missing = [
        f"{row.title} ({row.why})" if row.why else row.title
        for row in facts.documentation
        if not row.is_filled
    ]
    if missing:
        return Check("documentation", title, False, f"Missing: {', '.join(missing)}.")
    return Check("documentation", title, True, f"{', '.join(row.title for row in facts.documentation)}.")


def _standing(code: str, title: str, against: str | None) -> Check:
    return Check(code, title, against is None, against or "")


def _percent(share: Decimal) -> str:
    """Rounded down: 99.96 % is not 100.0 %."""
    return f"{(share * 1000).to_integral_value(rounding='ROUND_FLOOR') / 10:.1f} %"
