"""What waits at the approval desk, and for whom."""

from collections.abc import Iterable

from audits.identity.actors import Actor
from audits.identity.roles import SIGNERS, title
from audits.identity.selectors import why_not_signed
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.seats import (
    OWNER,
    PROMPT_STEWARD,
    Seat,
    Signer,
    current,
    parse_seats,
    remaining,
    takes_a_seat,
)
from prompts.lifecycle.selectors.authorship import Authors, authors_of, authors_of_all
from prompts.lifecycle.wording import seat_in_words
from prompts.registry.models import Prompt
from prompts.registry.querysets import on_prompts

SHOWN = 200
"""So many of the oldest open requests are looked through for one person."""


def open_seats(request: ApprovalRequest) -> list[Seat]:
    """The seats of the request that nobody has taken yet, step by step (uses prefetched ``sign_offs``)."""
    return remaining(parse_seats(request.seats), signers_of(request))


def seats_in_turn(request: ApprovalRequest) -> list[Seat]:
    """Of these, the ones that can be taken now: those of the first step that is not full."""
    return current(open_seats(request))


def signers_of(request: ApprovalRequest) -> list[Signer]:
    """Whose seats are taken so far, in the order of signing; a delegate fills that of his principal."""
    rows = sorted(request.sign_offs.all(), key=lambda row: (row.signed_at, row.pk))
    return [Signer(seated_name(row), row.role, frozenset(row.ties)) for row in rows]


def seated_name(row: SignOff) -> str:
    """The user name of whoever holds the seat that this signature takes."""
    return row.on_behalf_of.username if row.on_behalf_of is not None else row.username


def ties_of(actor: Actor, prompt: Prompt) -> frozenset[str]:
    """How the person is tied to the prompt just now: as its owner, as one of its stewards."""
    if actor.user is None:
        return frozenset()
    owns = {OWNER} if prompt.owner_id == actor.user.pk else set()
    keeps = {PROMPT_STEWARD} if any(row.user_id == actor.user.pk for row in prompt.stewards.all()) else set()
    return frozenset(owns | keeps)


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
    if any(actor.user.pk in (row.signer_id, row.on_behalf_of_id) for row in request.sign_offs.all()):
        return "You have signed this request, or somebody signed for you; one person takes one seat."
    told = authors if authors is not None else authors_of(request.version)
    if told.include(actor.user):
        return "You wrote in this text since it was last approved; an author never signs it."
    if not Prompt.objects.visible_to(actor).filter(pk=request.prompt_id).exists():
        return f"{actor.name} may not see this prompt."
    roles = [role] if role else _held(actor)
    reasons = [_why_not_seat(actor, request, name) for name in roles]
    return "" if "" in reasons else next(filter(None, reasons), "")


def _why_not_role(actor: Actor, request: ApprovalRequest, role: str) -> str:
    roles = [role] if role else _held(actor)
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


def _why_not_seat(actor: Actor, request: ApprovalRequest, role: str) -> str:
    """Whether it is the turn of a seat of this role that this very person can take, with his forms signed."""
    seats, signers = parse_seats(request.seats), signers_of(request)
    empty = remaining(seats, signers)
    turn = [seat for seat in current(empty) if seat.role == role]
    if not turn and all(seat.role != role for seat in empty):
        return f"No seat as {title(role)} is open."
    if not turn:
        before = ", ".join(seat_in_words(seat) for seat in current(empty))
        return f"It is not the turn of this seat yet: first {before} must sign."
    tied = any(seat.tie for seat in seats)
    user = actor.user
    assert user is not None  # noqa: S101  asked of people only
    mine = Signer(user.username, role, ties_of(actor, request.prompt) if tied else frozenset())
    if not takes_a_seat(seats, signers, mine):
        return f"This seat is for {' or '.join(seat_in_words(seat) for seat in turn)}."
    return why_not_signed(user, role, request.forms)


def _held(actor: Actor) -> list[str]:
    return [name for name in sorted(SIGNERS) if actor.has_role(name)]


def roles_to_sign(actor: Actor, request: ApprovalRequest) -> list[str]:
    """The roles in which the actor may sign the request now."""
    authors = authors_of(request.version)
    roles = dict.fromkeys(seat.role for seat in open_seats(request))
    return [role for role in roles if not why_not_sign(actor, request, role, authors)]


def requests_waiting_for(actor: Actor) -> list[ApprovalRequest]:
    """Open requests on which the actor could sign now in his own name, the oldest first."""
    roles = {name for name in SIGNERS if actor.has_role(name)}
    if actor.kind != "person" or not roles:
        return []
    rows = ApprovalRequest.objects.filter(on_prompts(actor, "view", "prompt"), state="open")
    rows = rows.select_related("prompt__collection", "version__prompt", "policy", "requested_by")
    oldest = rows.prefetch_related("sign_offs__on_behalf_of", "prompt__stewards").order_by("opened_at", "pk")[
        :SHOWN
    ]
    return _by_others(actor, [row for row in oldest if _fits(actor, row, roles)])


def _fits(actor: Actor, request: ApprovalRequest, roles: set[str]) -> bool:
    """Whether it is the turn of a seat that this person can take; forms are not asked about."""
    seats, signers = parse_seats(request.seats), signers_of(request)
    turn = current(remaining(seats, signers))
    asked = {seat.role for seat in turn} & roles
    if not asked or actor.user is None:
        return False
    ties = ties_of(actor, request.prompt) if any(seat.tie for seat in turn) else frozenset()
    return any(takes_a_seat(seats, signers, Signer(actor.user.username, role, ties)) for role in asked)


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
        and all(user.pk not in (signed.signer_id, signed.on_behalf_of_id) for signed in row.sign_offs.all())
    ]
