"""Inherited releases that the reader sees: those left, how the list burns down, and what could be taken
on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from audits.identity.actors import Actor
from prompts.lifecycle.models import ApprovalRequest
from prompts.registry.models import Collection, Environment, Prompt
from prompts.releases.models import Release
from prompts.releases.selectors import ended

WEEKS = 12
MOST = 500


@dataclass(frozen=True, slots=True)
class Week:
    """How many were live as inherited when the week ended (``end`` is its last day, or today)."""

    end: date
    count: int


def inherited_of(actor: Actor) -> list[Release]:
    """Live inherited releases, the one whose date comes first on top: overdue ones stand first by that."""
    seen = Prompt.objects.visible_to(actor).values("pk")
    rows = Release.objects.filter(prompt__in=seen, inherited=True, state=Release.State.LIVE)
    waiting = ApprovalRequest.objects.filter(prompt=OuterRef("prompt"), state="open")
    rows = rows.annotate(is_asked=Exists(waiting)).select_related("prompt__owner", "version", "environment")
    return list(rows.defer("version__canonical", "verdict").order_by("recertify_by", "prompt__name")[:MOST])


def burn_down(actor: Actor, now: datetime) -> list[Week]:
    """The last twelve weeks, the oldest first; one query."""
    seen = Prompt.objects.visible_to(actor).values("pk")
    rows = Release.objects.filter(prompt__in=seen, inherited=True)
    spans = list(rows.values_list("released_at", "ended_at"))
    ends = [now - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return [
        Week(end.date(), sum(begun <= end and (over is None or over > end) for begun, over in spans))
        for end in ends
    ]


def adoptable(actor: Actor, collection: Collection, place: Environment) -> list[Prompt]:
    """Prompts of the collection that neither this gate nor the desk has seen, and without an end; by name."""
    released = Release.objects.filter(prompt=OuterRef("pk"), environment=place)
    asked = ApprovalRequest.objects.filter(prompt=OuterRef("pk"))
    rows = Prompt.objects.with_right(actor, "release").in_use().filter(collection=collection)
    rows = rows.filter(versions__isnull=False).exclude(Exists(released) | Exists(asked))
    rows = rows.exclude(Exists(ended().filter(prompt=OuterRef("pk"))))
    return list(rows.distinct().order_by("name")[:MOST])
