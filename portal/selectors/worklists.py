"""Prompts that somebody should look after, by the reason why; each list is narrowed to what is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from portal.selectors.ending import ending
from portal.selectors.prompt_rows import Row, dressed
from prompts.evaluations.models import Run
from prompts.observability.models import Call
from prompts.registry.family import drift_of
from prompts.registry.models import Kind, Prompt, Variant
from prompts.releases.models import Release
from prompts.releases.selectors import ended

STALE = timedelta(days=180)
UNUSED = timedelta(days=30)
EXPIRING = timedelta(days=30)
MOST_VARIANTS = 500
"""So many variants are compared with their bases, the newest first."""
PER_PAGE = 50
COUNTED = 999
LIVE = Q(state=Release.State.LIVE)


@dataclass(frozen=True, slots=True)
class WorkList:
    """A reason: its title, what it means, and which prompts it holds."""

    title: str
    meaning: str
    rows: Callable[[QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """One page of one list; ``ends`` tells by the prompt's key when its live approval ends."""

    rows: list[Row]
    following: int | None
    ends: dict[int, datetime]


def _stale(prompts: QuerySet[Any]) -> QuerySet[Any]:
    since = timezone.now() - STALE
    released = Release.objects.filter(prompt=OuterRef("pk"), released_at__gte=since)
    return _in_service(prompts).filter(~Exists(released), updated_at__lt=since)


def _orphaned(prompts: QuerySet[Any]) -> QuerySet[Any]:
    return prompts.filter(Q(owner__isnull=True) | Q(owner__is_active=False))


def _untested(prompts: QuerySet[Any]) -> QuerySet[Any]:
    tried = Run.objects.filter(state=Run.State.FINISHED, version_digest=OuterRef("version__digest"))
    untried = Release.objects.filter(LIVE, ~Exists(tried), prompt=OuterRef("pk"))
    return _in_service(prompts).exclude(kind=Kind.FRAGMENT).filter(Exists(untried))


def _unused(prompts: QuerySet[Any]) -> QuerySet[Any]:
    since = timezone.now() - UNUSED
    released = Release.objects.filter(prompt=OuterRef("pk"), environment__is_protected=True)
    called = Call.objects.filter(prompt=OuterRef("pk"), started_at__gte=since)
    rows = _in_service(prompts).exclude(kind=Kind.FRAGMENT)
    return rows.filter(
        Exists(released.filter(LIVE)), Exists(released.filter(released_at__lt=since)), ~Exists(called)
    )


def _expiring(prompts: QuerySet[Any]) -> QuerySet[Any]:
    return _in_service(prompts).filter(pk__in=expiries(prompts))


def _drifted(prompts: QuerySet[Any]) -> QuerySet[Any]:
    variants = Variant.objects.filter(prompt__in=prompts.order_by().values("pk")).order_by("-pk")
    found = drift_of(variants.select_related("prompt", "base")[:MOST_VARIANTS])
    return prompts.filter(pk__in=[key for key, drift in found.items() if drift])


def _in_service(prompts: QuerySet[Any]) -> QuerySet[Any]:
    return prompts.exclude(Exists(ended().filter(prompt=OuterRef("pk"))))


def expiries(prompts: QuerySet[Any]) -> dict[int, datetime]:
    """When the approval of a live version ends, by the prompt's key, where it ends soon or has ended."""
    found: dict[int, datetime] = {}
    for version, approval in ending(EXPIRING, prompts):
        found.setdefault(version.prompt_id, approval.expires_at)
    return found


LISTS: dict[str, WorkList] = {
    "stale": WorkList("Stale", "neither edited nor released for 180 days", _stale),
    "orphaned": WorkList("Orphaned", "without an owner, or the owner has left", _orphaned),
    "untested": WorkList("Untested", "a live version without a finished run on its text", _untested),
    "unused": WorkList("Unused", "live in a protected environment, without a call for 30 days", _unused),
    "drifted": WorkList("Drifted", "a variant that lacks or says otherwise what its base says", _drifted),
    "expiring": WorkList("Expiring", "the approval of a live version ends within 30 days", _expiring),
}


def _seen(actor: Actor) -> QuerySet[Any]:
    return Prompt.objects.visible_to(actor).in_use()


def counts(actor: Actor) -> dict[str, int]:
    """How many prompts stand in each list, counted up to one more than ``COUNTED``."""
    seen = _seen(actor)
    return {
        name: told.rows(seen).order_by().values("pk")[: COUNTED + 1].count() for name, told in LISTS.items()
    }


def work(actor: Actor, name: str, start: int = 0) -> Work:
    """The page of a list that begins at ``start``, the longest untouched first."""
    seen = _seen(actor)
    rows = LISTS[name].rows(seen).select_related("collection", "owner").order_by("updated_at", "pk")
    found = list(rows[start : start + PER_PAGE + 1])
    following = start + PER_PAGE if len(found) > PER_PAGE else None
    return Work(dressed(found[:PER_PAGE]), following, expiries(seen) if name == "expiring" else {})
