"""Which versions are approved now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone

from prompts.lifecycle.approvals import Approval, Signature, decide
from prompts.lifecycle.evidence import digest_of
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.selectors.policy import PolicyIndex, policy_index, terms_at_opening, terms_of
from prompts.registry.models import Version, VersionAuthor

DECIDED = ("approved", "changes_requested", "rejected")


def approval_of(version: Version, at: datetime | None = None) -> Approval | None:
    """The approval that holds for the version at ``at`` (default now), or None."""
    approval = approvals_of([version]).get(version.pk)
    return approval if approval is not None and approval.is_valid(at or timezone.now()) else None


def approvals_of(versions: Iterable[Version], policies: PolicyIndex | None = None) -> dict[int, Approval]:
    """Approvals by version key, expired ones too (ask ``is_valid``); four queries for any number of versions.

    The newest decided request of a version speaks; an open or withdrawn one changes nothing. Versions come
    with their prompts (``select_related``), or each prompt costs a query. ``policies`` are those in force
    unless told otherwise, as when somebody asks what a change of them would do.
    """
    rows = {version.pk: version for version in versions if version.is_frozen}
    if not rows:
        return {}
    policies = policies or policy_index()
    found = _synthetic(rows, policies)
    newest = _newest_requests([key for key in rows if key not in found])
    approved = {key: request for key, request in newest.items() if request.state == "approved"}
    authors = _names(approved)
    signatures = _signatures((request.pk for request in approved.values()), authors)
    for key, request in approved.items():
        in_force = policies.of(rows[key].prompt)
        if in_force is None or request.text_digest != rows[key].digest:
            continue
        approval = decide(
            request=request.pk,
            signatures=signatures[request.pk],
            text_digest=rows[key].digest,
            authors=authors[key],
            terms=[terms_at_opening(request), terms_of(in_force)],
            submitted_at=request.opened_at,
        )
        if approval is not None:
            found[key] = approval
    return found


def signature_of(row: SignOff) -> Signature:
    """The sign-off as the rule reads it; its evidence is hashed again."""
    return Signature(
        id=row.pk,
        username=row.username,
        printed_name=row.printed_name,
        role=row.role,
        meaning=row.meaning,
        signed_at=row.signed_at,
        text_digest=row.text_digest,
        evidence_digest=row.evidence_digest,
        evidence_intact=digest_of(row.evidence) == row.evidence_digest,
        authenticated_by=row.authenticated_by,
        ties=frozenset(row.ties),
        seated=row.on_behalf_of.username if row.on_behalf_of is not None else "",
    )


def _synthetic(rows: dict[int, Version], policies: PolicyIndex) -> dict[int, Approval]:
    """Bulk data under the policy without seats: approved as it was frozen."""
    found = {}
    for key, version in rows.items():
        policy = policies.of(version.prompt)
        if policy is not None and policy.is_synthetic and version.frozen_at is not None:
            end = datetime.max.replace(tzinfo=UTC)
            found[key] = Approval(policy.label, None, (), version.frozen_at, end)
    return found


def _newest_requests(keys: list[int]) -> dict[int, ApprovalRequest]:
    if not keys:
        return {}
    rows = ApprovalRequest.objects.filter(version__in=keys, state__in=DECIDED).select_related("policy")
    return {row.version_id: row for row in rows.order_by("opened_at", "pk")}


def _signatures(requests: Iterable[int], authors: dict[int, frozenset[str]]) -> dict[int, list[Signature]]:
    """By request; one that a delegate gave for an author of the text is left out."""
    found: dict[int, list[Signature]] = defaultdict(list)
    if keys := list(requests):
        for row in SignOff.objects.filter(request__in=keys).select_related("on_behalf_of"):
            principal = row.on_behalf_of.username.casefold() if row.on_behalf_of is not None else ""
            if principal not in authors[row.version_id]:
                found[row.request_id].append(signature_of(row))
    return found


def _names(versions: Iterable[int]) -> dict[int, frozenset[str]]:
    """Who wrote each version; signing asks for more (authorship.py), here it is checked once again."""
    found: dict[int, set[str]] = defaultdict(set)
    if keys := list(versions):
        rows = VersionAuthor.objects.filter(version__in=keys)
        for version, name, username in rows.values_list("version", "name", "user__username"):
            found[version] |= {text.casefold() for text in (name, username) if text}
    return defaultdict(frozenset, {key: frozenset(names) for key, names in found.items()})
