"""Approvals of live versions that end soon, or have ended."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from prompts.lifecycle.approvals import Approval
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest
from prompts.lifecycle.selectors import approvals_of
from prompts.registry.models import Version
from prompts.releases.models import Release

MOST = 500
"""So many approvals that may end soon are computed from their signatures, the oldest first."""


def ending(within: timedelta, prompts: QuerySet[Any]) -> list[tuple[Version, Approval]]:
    """Live versions of these prompts whose approval ends within that time or has ended, the next end first.

    The database narrows to requests whose shortest possible validity ends soon; the signatures decide.
    """
    horizon = timezone.now() + within
    live = Release.objects.filter(state=Release.State.LIVE, version=OuterRef("version"))
    asked = ApprovalRequest.objects.filter(Exists(live), state=ApprovalRequest.State.APPROVED)
    asked = asked.filter(prompt__in=prompts.order_by().values("pk"))
    lengths = list(asked.order_by().values_list("validity_days", flat=True).distinct())
    if not lengths:
        return []
    in_force = ApprovalPolicy.objects.filter(is_synthetic=False).aggregate(days=Min("validity_days"))["days"]
    ended = Q(pk__in=[])
    for days in lengths:
        shortest = min(days, in_force) if in_force is not None else days
        ended |= Q(validity_days=days, closed_at__lt=horizon - timedelta(days=shortest))
    keys = asked.filter(ended).order_by("closed_at").values_list("version_id", flat=True)[:MOST]
    versions = {row.pk: row for row in Version.objects.filter(pk__in=list(keys)).select_related("prompt")}
    found = [(versions[key], told) for key, told in approvals_of(versions.values()).items()]
    soon = [pair for pair in found if pair[1].expires_at < horizon]
    return sorted(soon, key=lambda pair: (pair[1].expires_at, pair[0].pk))
