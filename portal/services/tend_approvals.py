"""What the portal does of itself at the desk: it reminds, tells of ends, and asks for approvals again.

Each step is a verb of its own with a transaction of its own: one that fails holds up no other, and the next
sweep finds it again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from portal.selectors.ending import ending
from prompts.lifecycle.approvals import Approval
from prompts.lifecycle.models import ApprovalRequest, Reminder
from prompts.lifecycle.services.recertify import open_recertification
from prompts.lifecycle.services.remind import LYING, remind_signers, tell_of_end
from prompts.registry.models import Prompt
from prompts.releases.selectors import ended

log = logging.getLogger("imprimatur.portal")

EVERY_SECONDS = 300
STEPS = ((1, Reminder.About.ENDS_1), (7, Reminder.About.ENDS_7), (30, Reminder.About.ENDS_30))
"""Days before the end at which people are told, the nearest first."""
MOST = 200


def tend_approvals(now: datetime | None = None) -> None:
    """One sweep; ``now`` is the moment to judge by."""
    actor, at = Actor.system("scheduler"), now or timezone.now()
    for request in lying(at):
        _try(remind_signers, actor=actor, request_id=request)
    ahead = timedelta(days=max(settings.RECERTIFY_DAYS, STEPS[-1][0]))
    retired = ended().filter(prompt=OuterRef("pk"))
    for version, approval in ending(ahead, Prompt.objects.in_use().exclude(Exists(retired))):
        if approval.request is None:
            continue
        if at >= recertify_from(approval):
            _try(open_recertification, actor=actor, version_id=version.pk)
        if about := due(approval, at):
            asked = {"request_id": approval.request, "about": about, "expires_at": approval.expires_at}
            _try(tell_of_end, actor=actor, **asked)


def lying(at: datetime) -> list[int]:
    """Keys of requests that have lain too long since they were opened or their signers last reminded."""
    since = at - timedelta(days=settings.REMIND_DAYS)
    lately = Reminder.objects.filter(request=OuterRef("pk"), about__in=LYING, at__gt=since)
    rows = ApprovalRequest.objects.filter(~Exists(lately), state="open", opened_at__lte=since)
    return list(rows.order_by("opened_at").values_list("pk", flat=True)[:MOST])


def recertify_from(approval: Approval) -> datetime:
    """When its renewal is asked for: ``RECERTIFY_DAYS`` ahead of the end, at most a quarter of its length."""
    length = approval.expires_at - approval.approved_at
    return approval.expires_at - min(timedelta(days=settings.RECERTIFY_DAYS), length / 4)


def due(approval: Approval, at: datetime) -> Reminder.About | None:
    """Of which end people are to be told now; none for an approval that was never longer than that."""
    left, length = approval.expires_at - at, approval.expires_at - approval.approved_at
    if left <= timedelta():
        return None
    for days, about in STEPS:
        if left <= timedelta(days=days):
            return about if length > timedelta(days=days) else None
    return None


def _try(verb: Callable[..., Any], **told: Any) -> None:
    try:
        verb(**told)
    except GovernedError as error:
        log.info("%s was left for the next sweep: %s", verb.__name__, error.message)
