"""A person's inbox: what was told, as far as it may still be seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from audits.identity.actors import Actor
from audits.notices.models import Notice
from prompts.registry.former_names import named
from prompts.registry.models import Prompt

PER_PAGE = 50
COUNTED = 99


@dataclass(frozen=True, slots=True)
class Page:
    """Notices, newest first; ``older`` is the key before which the next page begins."""

    rows: list[Notice]
    older: int | None
    unread: int


def unread_count(actor: Actor) -> int:
    """How many notices wait, counted up to one more than 99; none about what may no longer be seen."""
    if actor.user is None:
        return 0
    rows = Notice.objects.filter(user=actor.user, read_at__isnull=True)
    rows = rows.filter(named(Prompt.objects.visible_to(actor), "subject") | Q(subject=""))
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def still_seen(actor: Actor, rows: Iterable[Notice]) -> list[Notice]:
    """Those about prompts that the person may see now, or about none."""
    found = list(rows)
    visible = named(Prompt.objects.visible_to(actor), "subject")
    keys = [row.pk for row in found]
    seen = set(Notice.objects.filter(visible, pk__in=keys).values_list("pk", flat=True))
    return [row for row in found if not row.subject or row.pk in seen]


def inbox_of(actor: Actor, *, unread_only: bool = False, before: int | None = None) -> Page:
    """One page. What is about a prompt that the person may no longer see is left out."""
    rows = Notice.objects.filter(user=actor.user)
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PER_PAGE + 1])
    older = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return Page(still_seen(actor, found[:PER_PAGE]), older, unread_count(actor))
