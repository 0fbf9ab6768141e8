"""The facts that a gate judges, read in a constant number of queries."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

from prompts.lifecycle.approvals import Approval
from prompts.lifecycle.selectors import approvals_of
from prompts.registry.digests import digest_of
from prompts.registry.documentation import SECTIONS, completeness
from prompts.registry.models import Environment, Prompt, Version
from prompts.registry.selectors import sections_of, standard_of
from prompts.registry.watching import open_comments
from prompts.releases.findings import open_findings
from prompts.releases.gates import ApprovalFact, DocumentationFact, GateFacts, Verdict, judge
from prompts.releases.models import GatePolicy, Retirement
from prompts.releases.selectors.standing import open_freeze, retirement_of
from prompts.releases.selectors.suites import suite_facts


def verdict_of(version: Version, environment: Environment) -> Verdict:
    """What the gate says now. At a switch it is asked inside the transaction, with the prompt locked."""
    return judge(gate_facts(version, environment))


def gate_policy_for(prompt: Prompt, environment: Environment) -> GatePolicy | None:
    """The environment's policy for the prompt's tier, else that for all tiers."""
    rows = GatePolicy.objects.filter(environment=environment, risk_tier__in=["", prompt.risk_tier])
    return rows.order_by("-risk_tier").first()


def text_is_intact(version: Version) -> bool:
    """Whether what is stored still has the digest under which it was frozen."""
    if not version.is_frozen or digest_of(version.canonical.encode()) != version.digest:
        return False
    return bool(json.loads(version.canonical)["messages"] == version.messages)


def gate_facts(version: Version, environment: Environment, at: datetime | None = None) -> GateFacts:
    """Reads everything afresh; nothing here trusts a flag that was set earlier."""
    at = at or timezone.now()
    prompt = version.prompt
    policy = gate_policy_for(prompt, environment)
    freeze, retirement = open_freeze(prompt.pk), retirement_of(prompt.pk)
    return GateFacts(
        prompt=prompt.name,
        version=version.number,
        environment=environment.slug,
        digest=version.digest,
        at=at,
        policy_id=policy.pk if policy else None,
        policy_version=policy.version if policy else 0,
        is_frozen_text=version.is_frozen,
        is_intact=text_is_intact(version),
        requires_approval=policy is None or policy.requires_approval or environment.is_protected,
        approval=_approval(approvals_of([version]).get(version.pk), at),
        suites=suite_facts(version, environment, policy),
        documentation=_documentation(prompt, policy),
        freeze=f"{freeze.by_name} froze it on {freeze.at:%Y-%m-%d}: {freeze.reason}" if freeze else None,
        retirement=_end(retirement) if retirement else None,
        least_severity=policy.shut_by_findings if policy else "",
        findings=open_findings(version) if policy and policy.shut_by_findings else (),
        requires_settled_comments=bool(policy and policy.requires_settled_comments),
        open_comments=open_comments(version).count() if policy and policy.requires_settled_comments else 0,
    )


def _end(retirement: Retirement) -> str:
    """From the day on which the end was told nothing new is released, even if what is live is served on."""
    if retirement.sunset_at > retirement.at:
        return f"It ends on {retirement.sunset_at:%Y-%m-%d}: {retirement.reason}"
    return f"Retired on {retirement.at:%Y-%m-%d}: {retirement.reason}"


def _approval(approval: Approval | None, at: datetime) -> ApprovalFact | None:
    if approval is None:
        return None
    return ApprovalFact(
        policy=approval.policy,
        signers=tuple(f"{row.printed_name} ({row.role})" for row in approval.signatures),
        expires_at=approval.expires_at,
        is_valid=approval.is_valid(at),
        evidence=tuple(f"sign-off/{row.id}" for row in approval.signatures),
        waits_until=approval.approved_at if approval.approved_at > at else None,
    )


def _documentation(prompt: Prompt, policy: GatePolicy | None) -> tuple[DocumentationFact, ...]:
    """The fields that the policy names, and the tier's standard where it asks for that."""
    values = sections_of(prompt)
    names = dict.fromkeys(policy.requires_documentation) if policy else {}
    facts = [DocumentationFact(SECTIONS[name], bool(values[name].strip())) for name in names]
    if policy and policy.requires_standard:
        facts += _standard(prompt, values, names)
    return tuple(facts)


def _standard(prompt: Prompt, values: dict[str, str], told: Iterable[str]) -> Iterator[DocumentationFact]:
    """What the meter on the page counts; a tier without a standard lets nothing through."""
    standard = standard_of(prompt)
    if not standard.label:
        yield DocumentationFact(
            f"a documentation standard for {prompt.get_risk_tier_display().lower()}", False
        )
    why = {name: reason for name, _, reason in completeness(standard, values).missing}
    empty = {name for name in told if not values[name].strip()}
    for section in standard.sections:
        if section.name not in empty and (section.name in why or section.name not in told):
            yield DocumentationFact(section.title, section.name not in why, why.get(section.name, ""))
