"""What a signer sees beside a text: collected from rooms that do not know each other."""

from typing import Any

from prompts.evaluations.selectors import evidence_of
from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors import policy_for
from prompts.registry.models import Version
from prompts.registry.selectors import documentation_of
from prompts.releases.selectors import live_releases


def collect(version: Version) -> Evidence:
    """Runs on this very text, the documentation, the policy, and the live version it was compared with.

    Read once to show it and once more, inside the transaction, to sign it: both digests must be equal.
    """
    return Evidence(
        runs=evidence_of(version),
        documentation=documentation_of(version.prompt),
        policy_version=_policy(version),
        compared_with=_compared(version),
    )


def _policy(version: Version) -> str:
    """Under which the open request stands, else the one in force."""
    request = ApprovalRequest.objects.filter(version=version, state="open").select_related("policy").first()
    if request is not None:
        return request.policy_label
    policy = policy_for(version.prompt)
    return policy.label if policy else ""


def _compared(version: Version) -> dict[str, Any] | None:
    """What is live in the highest environment."""
    live = live_releases([version.prompt_id]).get(version.prompt_id)
    if not live:
        return None
    release = live[-1]
    return {
        "version": release.version.number,
        "digest": release.version.digest,
        "environment": release.environment.slug,
    }
