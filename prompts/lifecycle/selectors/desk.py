"""What waits at the approval desk, and for whom."""

from collections.abc import Iterable

from audits.identity.actors import Actor
from audits.identity.roles import SIGNERS, title
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.seats import Seat, parse_seats, remaining
from prompts.lifecycle.selectors.authorship import Authors, authors_of, authors_of_all
from prompts.registry.models import Prompt

SHOWN = 200
"""So many of the oldest open requests are looked through for one person."""


def open_seats(request: ApprovalRequest) -> list[Seat]:
    """The seats of the request that nobody has taken yet (uses prefetched ``sign_offs``)."""
    return remaining(parse_seats(request.seats), [row.role for row in request.sign_offs.all()])


def why_not_sign(
    actor: Actor, request: ApprovalRequest, role: str = "", authors: Authors | None = None
) -> str:
    """The reason against, or an empty text; without a role: against signing in any of the actor's roles."""
    if actor.kind != "person" or actor.user is None or not actor.is_active:
        return "Only a person signs, by name and in person."
    if request.state != "open":
        return f"This request is {request.get_state_display().lower()}."
    if reason := _why_not_role(actor, request, role):
        return reason
    if any(row.signer_id == actor.user.pk for row in request.sign_offs.all()):
        return "You have signed this request; one person takes one seat."
    told = authors if authors is not None else authors_of(request.version)
    if told.include(actor.user):
        return "You wrote in this text since it was last approved; an author never signs it."
    if not Prompt.objects.visible_to(actor).filter(pk=request.prompt_id).exists():
        return f"{actor.name} may not see this prompt."
    return ""


def _why_not_role(actor: Actor, request: ApprovalRequest, role: str) -> str:
    roles = [role] if role else [name for name in sorted(SIGNERS) if actor.has_role(name)]
    if role and not actor.has_role(role):
        return f"You do not hold the role {title(role)}."
    asked = {seat.role for seat in parse_seats(request.seats)}
    if asked.isdisjoint(roles):
        return (
            f"This request asks for no signature as {title(role)}."
            if role
            else "None of your roles signs here."
        )
    if not {seat.role for seat in open_seats(request)}.intersection(roles):
        return f"Every seat as {title(roles[0]) if role else 'one of your roles'} is taken."
    return ""


def roles_to_sign(actor: Actor, request: ApprovalRequest) -> list[str]:
    """The roles in which the actor may sign the request now."""
    authors = authors_of(request.version)
    return [seat.role for seat in open_seats(request) if not why_not_sign(actor, request, seat.role, authors)]


def requests_waiting_for(actor: Actor) -> list[ApprovalRequest]:
    """Open requests on which the actor could sign now, the oldest first."""
    roles = {name for name in SIGNERS if actor.has_role(name)}
    if actor.kind != "person" or not roles:
        return []
    rows = ApprovalRequest.objects.filter(
        state="open", prompt__in=Prompt.objects.visible_to(actor).values("pk")
    )
    rows = rows.select_related("prompt__collection", "version__prompt", "policy", "requested_by")
    oldest = rows.prefetch_related("sign_offs").order_by("opened_at", "pk")[:SHOWN]
    mine = [row for row in oldest if not {seat.role for seat in open_seats(row)}.isdisjoint(roles)]
    return _by_others(actor, mine)


def _by_others(actor: Actor, requests: Iterable[ApprovalRequest]) -> list[ApprovalRequest]:
    """Those that the actor neither signed nor wrote."""
    rows = list(requests)
    authors = authors_of_all(row.version for row in rows)
    user = actor.user
    return [
        row
        for row in rows
        if user is not None
        and not authors[row.version_id].include(user)
        and all(signed.signer_id != user.pk for signed in row.sign_offs.all())
    ]
