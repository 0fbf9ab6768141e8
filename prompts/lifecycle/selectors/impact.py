"""What a change of a policy would do to open requests and to versions that are approved."""

from dataclasses import dataclass

from django.utils import timezone

from audits.identity.actors import Actor
from prompts.lifecycle.approvals import Approval
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.meanings import ACCEPTED, DEMANDS
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest
from prompts.lifecycle.seats import Signer, remaining
from prompts.lifecycle.selectors.approval import approvals_of
from prompts.lifecycle.selectors.policy import PolicyIndex, policy_index
from prompts.lifecycle.wording import hours, seat_in_words
from prompts.registry.models import Prompt, Version

MOST = 2000
"""So many open requests, and so many newest approvals, are looked through."""


@dataclass(frozen=True, slots=True)
class TouchedRequest:
    """An open request under the changed policy; ``more`` says what it does not ask and the gate then does."""

    request: ApprovalRequest
    more: list[str]


@dataclass(frozen=True, slots=True)
class TouchedVersion:
    """A version that is approved now: until when, and until when afterwards (None: no more at all)."""

    version: Version
    before: Approval
    after: Approval | None

    @property
    def is_lost(self) -> bool:
        """Whether it would not be approved from that moment on."""
        return self.after is None or not self.after.is_valid(timezone.now())


@dataclass(frozen=True, slots=True)
class Impact:
    """What the reader may see of it; ``hidden`` more he may not; ``is_whole`` unless there were too many."""

    requests: list[TouchedRequest]
    versions: list[TouchedVersion]
    hidden: int
    is_whole: bool

    @property
    def lost(self) -> list[TouchedVersion]:
        """Versions that lose their approval."""
        return [row for row in self.versions if row.is_lost]


def impact_of(actor: Actor, changed: ApprovalPolicy) -> Impact:
    """Compares the policies in force with those in which ``changed`` (never saved) stands for its name.

    Open requests keep what they were opened under; told is what the gate would ask beyond it.
    """
    now = policy_index()
    then = now.with_change(changed)
    requests, all_requests = _requests(changed, now, then)
    versions, all_versions = _versions(changed, now, then)
    keys = {row.request.prompt_id for row in requests} | {row.version.prompt_id for row in versions}
    seen = set(Prompt.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
    shown = [row for row in requests if row.request.prompt_id in seen]
    told = [row for row in versions if row.version.prompt_id in seen]
    hidden = len(requests) + len(versions) - len(shown) - len(told)
    return Impact(shown, told, hidden, all_requests and all_versions)


def _touched(prompt: Prompt, name: str, now: PolicyIndex, then: PolicyIndex) -> bool:
    """Whether the policy of that name covers the prompt before or after."""
    return any(row is not None and row.name == name for row in (now.of(prompt), then.of(prompt)))


def _requests(
    changed: ApprovalPolicy, now: PolicyIndex, then: PolicyIndex
) -> tuple[list[TouchedRequest], bool]:
    rows = ApprovalRequest.objects.filter(state="open").select_related("prompt", "version__prompt", "policy")
    looked = list(rows.order_by("opened_at", "pk")[: MOST + 1])
    found = []
    for row in looked[:MOST]:
        if _touched(row.prompt, changed.name, now, then):
            after = then.of(row.prompt)
            found.append(TouchedRequest(row, beyond(row.demands, after.demands) if after else []))
    return found, len(looked) <= MOST


def _versions(
    changed: ApprovalPolicy, now: PolicyIndex, then: PolicyIndex
) -> tuple[list[TouchedVersion], bool]:
    """Versions whose approval ends, or ends at another time."""
    approved = ApprovalRequest.objects.filter(state="approved").order_by("-opened_at", "-pk")
    keys = list(approved.values_list("version", flat=True)[: MOST + 1])
    rows = Version.objects.filter(pk__in=keys[:MOST]).select_related("prompt__collection").order_by("pk")
    versions = [row for row in rows if _touched(row.prompt, changed.name, now, then)]
    before, after = approvals_of(versions, now), approvals_of(versions, then)
    at = timezone.now()
    found = []
    for row in versions:
        held = before.get(row.pk)
        if held is None or held.expires_at <= at:
            continue
        later = after.get(row.pk)
        if later is None or (later.expires_at, later.approved_at) != (held.expires_at, held.approved_at):
            found.append(TouchedVersion(row, held, later))
    return found, len(keys) <= MOST


def beyond(asked: Demands, wanted: Demands) -> list[str]:
    """What ``wanted`` asks beyond ``asked``, in words: signatures for the one may not do for the other."""
    ideal = [
        Signer(seat.people[number] if seat.people else f"\0{place}", seat.role, frozenset({seat.tie} - {""}))
        for place, seat in enumerate(asked.seats)
        for number in range(seat.count)
    ]
    told = [seat_in_words(seat) for seat in remaining(wanted.seats, ideal)]
    if len({seat.step for seat in wanted.seats}) > len({seat.step for seat in asked.seats}):
        told.append("the signatures in this order")
    if set(ACCEPTED[asked.authentication]) - set(ACCEPTED[wanted.authentication]):
        told.append(DEMANDS[wanted.authentication])
    if wanted.waiting_hours > asked.waiting_hours:
        told.append(f"{hours(wanted.waiting_hours)} after submission")
    if wanted.validity_days < asked.validity_days:
        told.append(f"an approval of {wanted.validity_days} days only")
    return told
