"""The gate: facts in, a verdict with reasons out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from prompts.releases.demands import severity_reaches


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
    """What a suite asks and what its newest run that counts reached (``score`` 0…1, None: no run).

    ``any_outcome``: it must have run, however well. ``is_stale``: its cases changed after that run.
    ``model_changed``: which model answers by now, where it is another than in that run.
    ``is_pinned``: its cases are those that two people took into the gate. ``cases``: how many are in use.
    ``uncalibrated``: which model grader people have not agreed with yet, where the gate asks for that.
    ``uncounted``: providers of the newest finished run, if that does not count here.
    """

    name: str
    least_pass_rate: Decimal
    max_age_days: int | None = None
    least_cases: int = 1
    any_outcome: bool = False
    is_pinned: bool = True
    cases: int = 1
    run: int | None = None
    score: Decimal | None = None
    passed: int = 0
    total: int = 0
    finished_at: datetime | None = None
    is_stale: bool = False
    model_changed: str = ""
    providers: str = "any provider that asks a model"
    uncounted: str = ""
    uncalibrated: str = ""
    suite: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An open finding; ``severity`` low, medium, high or critical."""

    title: str
    severity: str
    reference: str


@dataclass(frozen=True, slots=True)
class DocumentationFact:
    """A section that must be there; ``why`` says what is wrong with it where it is not just empty."""

    title: str
    is_filled: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything that a verdict depends on, at the moment ``at``. ``policy_id`` None: no policy covers it.

    ``findings`` None: nobody keeps any, and then a gate that asks about them (``least_severity``) stays shut.
    """

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
    least_severity: str = ""
    findings: tuple[Finding, ...] | None = ()
    requires_settled_comments: bool = False
    open_comments: int = 0


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
    if facts.least_severity:
        checks.append(_findings(facts))
    if facts.requires_settled_comments:
        checks.append(_comments(facts))
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
    passed, reason = _outcome(suite, facts.at)
    return Check(code, title, passed, reason, (f"run/{suite.run}",) if suite.run is not None else ())


def _outcome(suite: SuiteFact, at: datetime) -> tuple[bool, str]:
    """Whether the suite's demand is met, and why (not)."""
    if suite.run is None or suite.score is None or suite.finished_at is None or not suite.total:
        return False, _no_run(suite)
    told = f"{suite.passed} of {suite.total} passed ({_percent(suite.score)})"
    if suite.any_outcome:
        return True, f"{told}; here any outcome will do."
    if suite.is_stale:
        return False, f"{told}, but its cases changed since; run it again."
    if suite.model_changed:
        return False, f"{told}, but another model answers since: {suite.model_changed}. Run it again."
    if not suite.is_pinned:
        return False, f"{told}, but its cases are not those that two people took into the gate."
    if suite.cases < suite.least_cases:
        return False, f"{told}, but it has {suite.cases} cases and the gate asks for {suite.least_cases}."
    asked = f"{_percent(suite.least_pass_rate)} asked"
    if suite.score < suite.least_pass_rate:
        return False, f"{told}, {asked}."
    if suite.max_age_days is not None and at - suite.finished_at > timedelta(days=suite.max_age_days):
        return False, f"{told}, but the run is older than {suite.max_age_days} days."
    if suite.uncalibrated:
        return False, f"{told}, but {suite.uncalibrated}."
    return True, f"{told}, {asked}."


def _no_run(suite: SuiteFact) -> str:
    if suite.uncounted:
        return f"Its finished run asked {suite.uncounted}; here only runs on {suite.providers} count."
    return "There is no finished run on this very text."


def _findings(facts: GateFacts) -> Check:
    title = "No finding stands against it"
    if facts.findings is None:
        return Check("findings", title, False, "Nobody keeps findings here, so nobody can tell.")
    worst = [row for row in facts.findings if severity_reaches(row.severity, facts.least_severity)]
    if worst:
        told = ", ".join(f"{row.title} ({row.severity})" for row in worst[:5])
        more = f" and {len(worst) - 5} more" if len(worst) > 5 else ""
        return Check(
            "findings", title, False, f"Open: {told}{more}.", tuple(row.reference for row in worst[:50])
        )
    return Check("findings", title, True, f"None of severity {facts.least_severity} or worse is open.")


def _comments(facts: GateFacts) -> Check:
    title, count = "No remark is open", facts.open_comments
    if count:
        told = "1 remark is" if count == 1 else f"{count} remarks are"
        return Check("comments", title, False, f"{told} not settled yet.")
    return Check("comments", title, True, "Every remark is settled.")


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
