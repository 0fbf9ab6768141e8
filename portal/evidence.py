"""What a signer sees beside a text: collected from rooms that do not know each other."""

from collections import defaultdict
from typing import Any

from audits.identity.models import User
from prompts.evaluations.models import Result
from prompts.evaluations.selectors import evidence_of
from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors import authors_of, policy_for
from prompts.registry.digests import digest_of
from prompts.registry.models import Version
from prompts.registry.selectors import documentation_of
from prompts.registry.watching import open_comments
from prompts.releases.findings import open_findings
from prompts.releases.selectors import live_releases


def collect(version: Version) -> Evidence:
    """All that a signature on this text binds.

    Runs on this very text with the models that answered, the documentation, open findings and comments, the
    policy, the live version it was compared with, and who counts as an author. Read once to show it and once
    more, inside the transaction, to sign it: both digests must be equal.
    """
    return Evidence(
        runs=_runs(version),
        documentation=documentation_of(version.prompt),
        policy_version=_policy(version),
        compared_with=_compared(version),
        findings=_findings(version),
        comments=_comments(version),
        authors=_authors(version),
    )


def _findings(version: Version) -> list[dict[str, Any]]:
    """The same that a gate asks about (prompts/releases/findings.py)."""
    found = open_findings(version) or ()
    return [{"id": one.reference, "title": one.title, "severity": one.severity} for one in found]


def _runs(version: Version) -> list[dict[str, Any]]:
    runs = evidence_of(version)
    models: dict[int, set[str]] = defaultdict(set)
    rows = Result.objects.filter(run__in=[run["id"] for run in runs]).order_by()
    for run, provider, model in rows.values_list("run", "provider__name", "response_model").distinct():
        models[run].add(f"{provider}: {model}" if model else provider)
    return [{**run, "models": sorted(models[run["id"]])} for run in runs]


def _comments(version: Version) -> list[dict[str, Any]]:
    rows = open_comments(version).select_related("author").prefetch_related("answers").order_by("pk")
    return [
        {
            "id": row.pk,
            "place": row.place,
            "author": row.author.username,
            "text": digest_of(row.text.encode()),
            "answers": [
                digest_of(answer.text.encode())
                for answer in sorted(row.answers.all(), key=lambda one: one.pk)
            ],
        }
        for row in rows
    ]


def _authors(version: Version) -> list[str]:
    authors = authors_of(version)
    named = User.objects.filter(pk__in=authors.users).values_list("username", flat=True)
    return sorted({name.casefold() for name in named} | authors.names)


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
