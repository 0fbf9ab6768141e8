"""What the approval desk shows of a request: change, evidence, signatures, and what stops the reader."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from audits.identity.actors import Actor
from portal.selectors.desk_figures import Figures, figures_of
from portal.selectors.diff_parts import Part, Side, changed_lines, parts_between
from portal.selectors.evidence_rows import Compared, against_live
from portal.selectors.failures import is_dangerous, live_of, ordered
from portal.selectors.home.signing import seats_waiting
from prompts.lifecycle.approvals import Approval
from prompts.lifecycle.meanings import MEANINGS
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.readings import Opened
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import (
    approvals_of,
    authors_of,
    delegated_seats,
    open_seats,
    opened_by,
    requests_waiting_for,
    why_not_sign,
)
from prompts.registry.querysets import on_prompts

LATER = "The turn of this seat comes when those before it are taken."


@dataclass(frozen=True, slots=True)
class Seat:
    """``count`` signatures of a role are missing; ``why_not`` is empty where the reader may give one.

    ``delegation`` and ``principal`` are told where the reader would sign for somebody else.
    """

    role: str
    title: str
    count: int
    why_not: str
    step: int = 1
    delegation: int | None = None
    principal: str = ""

    @property
    def key(self) -> str:
        """What the form sends before the meaning."""
        return f"{self.role}+{self.delegation}" if self.delegation is not None else self.role

    @property
    def words(self) -> str:
        """The seat for a reader."""
        return f"{self.title}, for {self.principal}" if self.principal else self.title


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that fails on this text: why in words, whether it passed on the live one, and was opened."""

    row: Any
    why: str
    is_worse: bool
    is_dangerous: bool
    is_opened: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A request with everything beside it."""

    request: ApprovalRequest
    live: Any
    parts: list[Part]
    lines: int
    compared: list[Compared]
    figures: Figures
    failures: list[Failure]
    seats: list[Seat]
    lent: list[Seat]
    signs: list[Any]
    asked: int
    opened: Opened
    against: str

    @property
    def mine(self) -> list[Seat]:
        """The seats that the reader may take, one for each role, his own before those of others."""
        own = {seat.role: seat for seat in self.seats if not seat.why_not}
        return [*own.values(), *self.lent]

    @property
    def meanings(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """For each of them what the form sends, the seat in words, and what a signature can mean."""
        return [(seat.key, seat.words, MEANINGS[seat.role]) for seat in self.mine]

    @property
    def worse(self) -> list[Failure]:
        """Cases that passed on the live version and fail now."""
        return [failure for failure in self.failures if failure.is_worse]

    @property
    def unopened(self) -> list[Failure]:
        """Failures that the reader has not opened yet."""
        return [failure for failure in self.failures if not failure.is_opened]

    @property
    def is_diff_opened(self) -> bool:
        """Whether the reader has opened what changed against this very text."""
        return self.against in self.opened.diffs


def case_of(actor: Actor, request: ApprovalRequest, comments: list[Any]) -> Case:
    """The request for this reader; compared with what is live in the highest environment.

    ``comments`` are pairs of an open remark and whether the reader may settle it; those on a line are hung
    under it.
    """
    version = request.version
    live = live_of(version.prompt)
    other = live.version if live is not None and live.version_id != version.pk else None
    before = Side.of_version(other) if other else Side([], dict.fromkeys(Side.of_version(version).others, ""))
    parts = parts_between(before, Side.of_version(version))
    signs = sorted(request.sign_offs.all(), key=lambda sign: (sign.signed_at, sign.pk))
    compared, opened = against_live(version, other), opened_by(actor.user, request)
    seats, lent = seats_of(actor, request)
    return Case(
        request=request,
        live=live if other else None,
        parts=hung(parts, comments),
        lines=changed_lines(parts),
        compared=compared,
        figures=figures_of(compared),
        failures=_failures(compared, opened),
        seats=seats,
        lent=lent,
        signs=signs,
        asked=sum(seat.count for seat in parse_seats(request.seats)),
        opened=opened,
        against=live.version.digest if live is not None else "",
    )


def hung(parts: list[Part], comments: list[Any]) -> list[Part]:
    """The parts, each message with the remarks on its lines."""
    found: dict[int, dict[int, list[Any]]] = {}
    for remark, may_settle in comments:
        if remark.line:
            lines = found.setdefault(remark.message or 1, {})
            lines.setdefault(remark.line, []).append((remark, may_settle))
    return [replace(part, threads=found.get(part.message or 0, {})) for part in parts]


def _failures(compared: list[Compared], opened: Opened) -> list[Failure]:
    worse = {row.pk for one in compared for row in one.regressed}
    return [
        Failure(row, why(row), row.pk in worse, is_dangerous(row), str(row.pk) in opened.failures)
        for row in ordered(compared)
    ]


def why(row: Any) -> str:
    """Why a result failed: its error, else the first assertion that did not hold."""
    if row.error:
        return str(row.error)
    failed = next((one for one in row.assertions if not one.get("pass")), None)
    return str(failed.get("reason") or "") if failed else ""


def seats_of(actor: Actor, request: ApprovalRequest) -> tuple[list[Seat], list[Seat]]:
    """The open seats, each with the reason against the reader, and those that he may take for others."""
    if request.state != "open":
        return [], []
    authors, empty = authors_of(request.version), open_seats(request)
    seats = [
        Seat(
            seat.role,
            seat.title,
            seat.count,
            why_not_sign(actor, request, seat.role, authors) if seat.step == empty[0].step else LATER,
            seat.step,
        )
        for seat in empty
    ]
    titles = {seat.role: seat.title for seat in reversed(seats)}
    lent = [
        Seat(row.role, titles[row.role], 1, "", delegation=row.pk, principal=row.delegator_name)
        for row in delegated_seats(actor, request, authors)
    ]
    return seats, lent


def seen_requests(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Requests about prompts that the actor sees."""
    return ApprovalRequest.objects.filter(on_prompts(actor, "view", "prompt")).select_related(
        "prompt", "version", "policy", "requested_by", "closed_by", "superseded_by__version"
    )


def inbox(actor: Actor) -> dict[str, Any]:
    """What waits for the reader, oldest first; what waits for others; what was decided lately."""
    mine = requests_waiting_for(actor)[:50]
    keys = {request.pk for request in mine}
    opened = seen_requests(actor).filter(state="open").order_by("opened_at")
    others = [request for request in opened[:80] if request.pk not in keys]
    decided = seen_requests(actor).exclude(state="open").order_by("-closed_at")[:15]
    approvals = approvals_of(request.version for request in mine if request.is_recertification)
    seats = seats_waiting(actor, mine)
    rows = [(row, seat, _end(approvals.get(row.version_id))) for row, seat in zip(mine, seats, strict=True)]
    return {"mine": mine, "mine_rows": rows, "others": others[:40], "decided": decided}


def _end(approval: Approval | None) -> datetime | None:
    return approval.expires_at if approval is not None else None
