"""What the approval desk shows of a request: change, evidence, signatures, and what stops the reader."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from audits.identity.actors import Actor
from portal.selectors.diff_parts import Part, Side, changed_lines, parts_between
from portal.selectors.evidence_rows import Compared, against_live
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import authors_of, open_seats, requests_waiting_for, why_not_sign
from prompts.registry.models import Prompt
from prompts.releases.models import Release

LATER = "The turn of this seat comes when those before it are taken."


@dataclass(frozen=True, slots=True)
class Seat:
    """``count`` signatures of a role are missing; ``why_not`` is empty where the reader may give one."""

    role: str
    title: str
    count: int
    why_not: str
    step: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A request with everything beside it."""

    request: ApprovalRequest
    live: Any
    parts: list[Part]
    lines: int
    compared: list[Compared]
    seats: list[Seat]
    signs: list[Any]
    asked: int

    @property
    def mine(self) -> list[Seat]:
        """The seats that the reader may take, one for each role."""
        return list({seat.role: seat for seat in self.seats if not seat.why_not}.values())

    @property
    def worse(self) -> list[Any]:
        """Cases that passed on the live version and fail now."""
        return [row for compared in self.compared for row in compared.regressed]

    @property
    def failing(self) -> list[Any]:
        """All failing cases that are not counted as worse."""
        known = {row.pk for row in self.worse}
        return [row for compared in self.compared for row in compared.failing if row.pk not in known]


def case_of(actor: Actor, request: ApprovalRequest) -> Case:
    """The request for this reader; compared with what is live in the highest environment."""
    version = request.version
    live = live_of(version.prompt)
    other = live.version if live is not None and live.version_id != version.pk else None
    before = Side.of_version(other) if other else Side([], dict.fromkeys(Side.of_version(version).others, ""))
    parts = parts_between(before, Side.of_version(version))
    signs = sorted(request.sign_offs.all(), key=lambda sign: (sign.signed_at, sign.pk))
    return Case(
        request=request,
        live=live if other else None,
        parts=parts,
        lines=changed_lines(parts),
        compared=against_live(version, other),
        seats=seats_of(actor, request),
        signs=signs,
        asked=sum(seat.count for seat in parse_seats(request.seats)),
    )


def seats_of(actor: Actor, request: ApprovalRequest) -> list[Seat]:
    """The open seats in words, each with the reason against the reader."""
    if request.state != "open":
        return []
    authors, empty = authors_of(request.version), open_seats(request)
    return [
        Seat(
            seat.role,
            seat.title,
            seat.count,
            why_not_sign(actor, request, seat.role, authors) if seat.step == empty[0].step else LATER,
            seat.step,
        )
        for seat in empty
    ]


def live_of(prompt: Prompt) -> Any:
    """The live release of the highest environment."""
    rows = Release.objects.filter(prompt=prompt, state="live").select_related("version", "environment")
    return rows.order_by("-environment__rank").first()


def seen_requests(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Requests about prompts that the actor sees."""
    seen = Prompt.objects.visible_to(actor).values("pk")
    return ApprovalRequest.objects.filter(prompt__in=seen).select_related(
        "prompt", "version", "policy", "requested_by", "closed_by"
    )


def inbox(actor: Actor) -> dict[str, Any]:
    """What waits for the reader, oldest first; what waits for others; what was decided lately."""
    mine = requests_waiting_for(actor)[:50]
    keys = {request.pk for request in mine}
    opened = seen_requests(actor).filter(state="open").order_by("opened_at")
    others = [request for request in opened[:80] if request.pk not in keys]
    decided = seen_requests(actor).exclude(state="open").order_by("-closed_at")[:15]
    return {"mine": mine, "others": others[:40], "decided": decided}
