"""Sign-offs that wait for a person, and what the person decided lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from audits.identity.actors import Actor
from audits.identity.roles import title
from prompts.evaluations.models import Run
from prompts.lifecycle.models import ApprovalRequest, Delegation, SignOff
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import delegated_seats, open_seats, requests_waiting_for
from prompts.lifecycle.selectors.delegations import held_by
from prompts.registry.models import Prompt
from prompts.registry.querysets import on_prompts
from prompts.releases.models import Release


@dataclass(frozen=True, slots=True)
class Passed:
    """Results of the newest run of each suite: passed of total."""

    passed: int
    total: int

    @property
    def share(self) -> Decimal | None:
        """The pass rate, 0…1; None without a result."""
        return Decimal(self.passed) / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open request: whose seat it is, how many have signed, what the runs say beside the live version."""

    request: ApprovalRequest
    seat: str
    signed: int
    seats: int
    evidence: Passed | None
    live: Passed | None

    @property
    def is_last(self) -> bool:
        """Whether one signature is all that is missing."""
        return self.seats - self.signed == 1

    @property
    def tone(self) -> str:
        """``worse``, ``same`` or ``none``: against what is live; nothing to compare counts as same."""
        if self.evidence is None or self.evidence.share is None:
            return "none"
        before = self.live.share if self.live else None
        return "worse" if before is not None and self.evidence.share < before else "same"


def waiting(actor: Actor) -> list[Waiting]:
    """Requests that the actor could sign now, the oldest first."""
    requests = requests_waiting_for(actor)
    runs = newest_results([request.version_id for request in requests])
    live = live_versions([request.prompt_id for request in requests])
    before = newest_results(list(live.values()))
    return [
        Waiting(
            request=request,
            seat=seat,
            signed=len(request.sign_offs.all()),
            seats=sum(seat.count for seat in parse_seats(request.seats)),
            evidence=runs.get(request.version_id),
            live=before.get(live.get(request.prompt_id, 0)),
        )
        for request, seat in zip(requests, seats_waiting(actor, requests), strict=True)
    ]


def seats_waiting(actor: Actor, requests: Sequence[ApprovalRequest]) -> list[str]:
    """Whose seat of each request waits: one of the actor's own roles, else one that was delegated."""
    own = [next((seat for seat in open_seats(row) if actor.has_role(seat.role)), None) for row in requests]
    held = held_by(actor.user) if None in own else []
    return [
        title(seat.role) if seat is not None else _lent(actor, request, held)
        for seat, request in zip(own, requests, strict=True)
    ]


def _lent(actor: Actor, request: ApprovalRequest, held: list[Delegation]) -> str:
    lent = delegated_seats(actor, request, held=held)
    return f"{title(lent[0].role)}, for {lent[0].delegator_name}" if lent else ""


def newest_results(versions: Sequence[int]) -> dict[int, Passed]:
    """Per version, the sums over the newest finished run of each suite."""
    rows = Run.objects.filter(version__in=versions, state="finished").order_by("-pk")
    seen: dict[tuple[int, int], tuple[int, int]] = {}
    for version, suite, passed, total in rows.values_list("version_id", "suite_id", "passed", "total"):
        seen.setdefault((version, suite), (passed, total))
    sums: dict[int, Passed] = {}
    for (version, _), (passed, total) in seen.items():
        old = sums.get(version, Passed(0, 0))
        sums[version] = Passed(old.passed + passed, old.total + total)
    return sums


def live_versions(prompts: Sequence[int]) -> dict[int, int]:
    """Per prompt, the version that is live in the highest environment."""
    rows = Release.objects.filter(prompt__in=prompts, state="live").order_by("environment__rank")
    return dict(rows.values_list("prompt_id", "version_id"))


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person did with a version: signed it, sent it back, turned it down."""

    prompt: Prompt
    number: int
    request_id: int
    icon: str
    tone: str
    words: str
    at: datetime


def last_decisions(actor: Actor, most: int = 5) -> list[Decision]:
    """The person's last signatures and refusals on prompts that are still seen, the newest first."""
    seen = on_prompts(actor, "view", "version__prompt")
    signed = SignOff.objects.filter(seen, signer=actor.user).select_related("version__prompt").order_by("-pk")
    closed = ApprovalRequest.objects.filter(
        seen, closed_by=actor.user, state__in=["changes_requested", "rejected", "withdrawn"]
    ).select_related("version__prompt")
    rows = [_of_signature(row) for row in signed[:most]]
    rows += [_of_refusal(row) for row in closed.order_by("-closed_at")[:most]]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:most]


def _of_signature(row: SignOff) -> Decision:
    version: Any = row.version
    return Decision(
        version.prompt,
        version.number,
        row.request_id,
        "seal",
        "binding",
        f"signed, {row.meaning}",
        row.signed_at,
    )


def _of_refusal(row: ApprovalRequest) -> Decision:
    words = f"{row.get_state_display().lower()}: {row.closing_comment}"
    at = row.closed_at or row.opened_at
    return Decision(row.version.prompt, row.version.number, row.pk, "restore", "soft", words, at)
