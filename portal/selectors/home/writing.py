"""Drafts and submissions of a person who writes."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from audits.identity.actors import Actor
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors.desk import open_seats
from prompts.registry.models import Version
from prompts.registry.querysets import on_prompts


def drafts_of(actor: Actor) -> QuerySet[Version]:
    """Drafts in which the person wrote, the newest change first."""
    mine = Q(author=actor.user) | Q(authors__user=actor.user)
    rows = Version.objects.visible_to(actor).drafts().filter(mine, prompt__archived_at__isnull=True)
    return rows.select_related("prompt").order_by("-updated_at").distinct()


@dataclass(frozen=True, slots=True)
class Submitted:
    """A version on its way: who is still asked, or why it came back."""

    request: ApprovalRequest
    open_roles: str


def submissions_of(actor: Actor, most: int = 20) -> list[Submitted]:
    """Open requests of the person and those sent back whose prompt has had no newer request, newest first."""
    rows = ApprovalRequest.objects.filter(
        on_prompts(actor, "view", "prompt"),
        requested_by=actor.user,
        state__in=["open", "changes_requested"],
    )
    rows = (
        rows.select_related("version__prompt", "closed_by")
        .prefetch_related("sign_offs")
        .order_by("-opened_at")
    )
    newest: dict[int, ApprovalRequest] = {}
    for row in rows[: most * 2]:
        newest.setdefault(row.prompt_id, row)
    return [Submitted(row, ", ".join(seat.title for seat in open_seats(row))) for row in newest.values()][
        :most
    ]
