"""Reads of this room: what is due, and what a person chose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from audits.identity.models import User
from audits.notices.models import Delivery, Endpoint, Letter, Preference
from audits.notices.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Choice:
    """How one person hears of one topic."""

    inbox: bool
    mail: str


Choices = dict[tuple[int, str], Choice]


def choices_of(users: Iterable[User]) -> Choices:
    """What these people chose, by key of the person and topic; one query. The rest is ``default``."""
    rows = Preference.objects.filter(user__in={user.pk for user in users})
    return {(row.user_id, row.topic): Choice(row.inbox, row.mail) for row in rows}


def default(topic: str) -> Choice:
    """What holds for whoever has chosen nothing."""
    return Choice(True, TOPICS[topic].mail)


def due_deliveries(endpoint: Endpoint, now: datetime) -> QuerySet[Delivery]:
    """What waits for this endpoint and may go now, in the order in which it was made."""
    rows = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.QUEUED, next_attempt_at__lte=now)
    return rows.order_by("pk")


def due_endpoints(now: datetime) -> list[int]:
    """Keys of endpoints for which something is due and which nobody is sending to."""
    waiting = Delivery.objects.filter(
        endpoint=OuterRef("pk"), state=Delivery.State.QUEUED, next_attempt_at__lte=now
    )
    free = Q(busy_until__isnull=True) | Q(busy_until__lt=now)
    ready = Q(paused_until__isnull=True) | Q(paused_until__lte=now)
    rows = Endpoint.objects.filter(free, ready, Exists(waiting), disabled_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def due_letters(now: datetime) -> QuerySet[Letter]:
    """E-mails that may go now."""
    return Letter.objects.filter(state=Letter.State.QUEUED, next_attempt_at__lte=now).order_by("pk")
