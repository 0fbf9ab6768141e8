"""The state of the record and of the house: for auditors and administrators."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from audits.identity.models import ServiceAccount, User
from audits.identity.roles import ROLES
from audits.ledger.events import kinds
from audits.ledger.models import Event
from audits.ledger.selectors import unsequenced
from portal.selectors.names import printed

WEEK, SOON = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a sentence."""

    event: Event
    actor: str
    did: str


def sentence(event: Event, names: dict[str, str]) -> Told:
    """The event's sentence, split after its actor; an undeclared kind is told by its name."""
    kind = kinds().get(event.event)
    text = kind.sentence if kind else f"{{actor}}: {event.event} {{subject}}"
    who = names.get(event.actor, event.actor)
    text = text.replace("{subject}", event.subject)
    if text.startswith("{actor}"):
        return Told(event, who, text.removeprefix("{actor}").strip())
    text = text.replace("{actor}", who)
    return Told(event, "", text[:1].upper() + text[1:])


def sentences(events: Iterable[Event]) -> list[Told]:
    """Events as sentences with printed names: one query more."""
    rows = list(events)
    names = printed(event.actor for event in rows)
    return [sentence(event, names) for event in rows]


def newest_events(most: int = 10) -> list[Told]:
    """The last events of the whole house."""
    return sentences(Event.objects.order_by("-id")[:most])


def events_of(username: str, most: int = 6) -> list[Told]:
    """The person's own last acts."""
    return sentences(Event.objects.filter(actor=username).order_by("-id")[:most])


def entries_since(days: int = 7) -> int:
    """How many events the last days brought."""
    return Event.objects.filter(recorded_at__gte=timezone.now() - timedelta(days=days)).count()


def pending() -> int:
    """Events that are not in the tree yet."""
    return unsequenced(timezone.now(), everything=False).count()


def refused_acts() -> QuerySet[Event]:
    """Acts that were refused within a week, the newest first."""
    rows = Event.objects.filter(event="identity.act.refused", recorded_at__gte=timezone.now() - WEEK)
    return rows.order_by("-id")


def refused_sign_ins() -> list[dict[str, object]]:
    """Names whose sign-in was refused within a day: name, how often, from how many addresses."""
    day = timezone.now() - timedelta(days=1)
    rows = Event.objects.filter(event="identity.session.refused", recorded_at__gte=day).values("subject")
    counted = rows.annotate(times=Count("pk"), addresses=Count("address", distinct=True))
    return [dict(row) for row in counted.order_by("-times")[:6]]


def keys_ending() -> QuerySet[ServiceAccount]:
    """Keys in use that end within a month, the next first."""
    now = timezone.now()
    rows = ServiceAccount.objects.filter(
        revoked_at__isnull=True, expires_at__gt=now, expires_at__lt=now + SOON
    )
    return rows.order_by("expires_at")


def people_without_role() -> QuerySet[User]:
    """People who may sign in and hold no role, whatever teams they belong to; by their name."""
    return User.objects.filter(is_active=True).exclude(groups__name__in=ROLES).order_by("full_name")
