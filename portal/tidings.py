"""Of which events people and webhooks are told, who the people are, and what a press on the notice opens.

Another kind of notice is one more line in ``TIDINGS`` (events about a prompt) or ``HOUSE`` (about none): an
event of the ledger, its topic (audits/notices/topics.py), and the function that finds its people. Words are
those of the event (audits/ledger/events.py) unless the function gives its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from audits.exports.events import ERASURE_PROPOSED, RETENTION_PROPOSED
from audits.exports.models import ErasureProposal, RetentionChange
from audits.exports.policies import ErasurePolicy, RetentionPolicy
from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.policies import Policy
from audits.identity.roles import ADMINISTRATOR, CONFIRMERS
from audits.ledger.events import EventKind
from audits.ledger.models import Event
from audits.notices.events import ENDPOINT_DISABLED
from audits.notices.models import Endpoint
from portal.audience import Audience
from prompts.evaluations import events as evaluations
from prompts.evaluations.models import Schedule
from prompts.lifecycle import events as lifecycle
from prompts.lifecycle.models import ApprovalRequest, PolicyProposal
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import authors_of, seats_in_turn, why_not_sign, why_not_sign_for
from prompts.lifecycle.selectors.delegations import in_force
from prompts.lifecycle.services.propose_policy import why_not_confirm
from prompts.registry import events as registry
from prompts.registry.models import Comment, Kind, Prompt
from prompts.registry.uses import counting_uses
from prompts.releases import events as releases
from prompts.releases.models import Adoption, Emergency, GateChange
from prompts.releases.policies import AdoptionPolicy, EmergencyPolicy, GatePolicyRules
from prompts.releases.policies.two_people import ADOPTERS, REVIEWERS
from prompts.releases.selectors import gate_policy_for

MOST = 500
"""People that one event is told to."""


@dataclass(frozen=True, slots=True)
class Tiding:
    """To whom one event is told; ``words`` are empty where the event's own will do.

    ``is_direct``: it is addressed to these very people, who cannot mute it.
    """

    users: list[User]
    address: str
    words: str = ""
    is_direct: bool = False


Finder = Callable[[Prompt, Mapping[str, Any], Audience], Iterable[Tiding]]
HouseFinder = Callable[[Event, Mapping[str, Any]], Iterable[Tiding]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    event: EventKind
    topic: str
    find: Finder


@dataclass(frozen=True, slots=True)
class HouseLine:
    """One line of the table of events that are about no prompt."""

    event: EventKind
    topic: str
    find: HouseFinder


def _page(prompt: Prompt, tab: str = "") -> str:
    return reverse("admin:prompt", args=[prompt.pk]) + (f"?tab={tab}" if tab else "")


def _watchers(tab: str = "") -> Finder:
    def find(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
        yield Tiding(audience.watchers(prompt), _page(prompt, tab))

    return find


def _asked_to_sign(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever can take an open seat, in words of their own; then the watchers."""
    request = _request(payload)
    if request is None:
        return
    address = reverse("admin:desk-request", args=[request.pk])
    yield Tiding(
        _able(request, audience), address, f"{_named(request)}, waits for your signature", is_direct=True
    )
    yield Tiding(audience.watchers(prompt), address)


def _reminded(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever can take an open seat."""
    request = _request(payload)
    if request is not None and request.state == "open":
        address = reverse("admin:desk-request", args=[request.pk])
        words = f"{_named(request)}, still waits for your signature"
        yield Tiding(_able(request, audience), address, words, is_direct=True)


def _superseded(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever signed what was put aside, then the watchers."""
    request = _request(payload)
    if request is None:
        return
    signers = User.objects.filter(sign_offs__request=request, is_active=True).distinct()
    address = reverse("admin:desk-request", args=[request.superseded_by_id or request.pk])
    words = f"Your signature on {_named(request)}, counts no more: a newer version was submitted"
    yield Tiding([user for user in signers if audience.sees(user, prompt)], address, words, is_direct=True)
    yield Tiding(audience.watchers(prompt), address)


def _ends(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Owner, stewards and watchers, in words that say when."""
    request = _request(payload)
    if request is not None:
        end = timezone.localtime(datetime.fromisoformat(str(payload["expires_at"])))
        words = f"The approval of {_named(request)}, ends on {end.day} {end:%B %Y}"
        yield Tiding(audience.watchers(prompt), _page(prompt, "approvals"), words)


def _request(payload: Mapping[str, Any]) -> ApprovalRequest | None:
    rows = ApprovalRequest.objects.filter(pk=payload.get("request", 0)).select_related("version__prompt")
    return rows.select_related("prompt").first()


def _named(request: ApprovalRequest) -> str:
    return f"{request.prompt.name}, version {request.version.number}"


def _able(request: ApprovalRequest, audience: Audience) -> list[User]:
    """Whoever can take an open seat now, and who holds a delegation for one of them."""
    roles = [seat.role for seat in parse_seats(request.seats)]
    authors = authors_of(request.version)
    people = User.objects.filter(groups__name__in=roles, is_active=True).distinct().order_by("pk")
    able = {}
    for user in [user for user in people[:MOST] if audience.sees(user, request.prompt)]:
        actor = Actor.for_user(user)
        if any(not why_not_sign(actor, request, role, authors) for role in roles if actor.has_role(role)):
            able[user.pk] = user
    for lent in in_force().filter(role__in=roles):
        if not why_not_sign_for(Actor.for_user(lent.delegate), request, lent.role, lent, authors):
            able[lent.delegate_id] = lent.delegate
    return list(able.values())


def _next_step(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever can sign in the step that has just begun, because the one before became full."""
    rows = ApprovalRequest.objects.filter(pk=payload.get("request", 0), state="open")
    request = rows.prefetch_related("sign_offs").first()
    if request is None:
        return
    turn = seats_in_turn(request)
    begun = turn and turn == [seat for seat in parse_seats(request.seats) if seat.step == turn[0].step]
    if begun and turn[0].step > 1:
        yield next(iter(_asked_to_sign(prompt, payload, audience)))


def _run_missed(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever made the schedule, in words of his own; then the watchers."""
    name = str(payload.get("schedule", ""))
    words = f"The run {name} of {prompt.name} did not start when it was due"
    made = Schedule.objects.filter(name=name).values("created_by")
    makers = User.objects.filter(username__in=made, is_active=True)
    page = _page(prompt, "evaluations")
    yield Tiding([user for user in makers if audience.sees(user, prompt)], page, words, is_direct=True)
    yield Tiding(audience.watchers(prompt), page, words)


def _budget_spent(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever started the run, in words of his own; then the watchers."""
    page = reverse("admin:run", args=[payload.get("run", 0)])
    words = f"A run of {prompt.name} is paused: a budget is used up"
    asked = User.objects.filter(username=payload.get("requested_by", ""), is_active=True)
    yield Tiding([user for user in asked if audience.sees(user, prompt)], page, words, is_direct=True)
    yield Tiding(audience.watchers(prompt), page, words)


def _commented(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """The mentioned, then who is answered, then the watchers; each in the words that concern them most."""
    comment = (
        Comment.objects.filter(pk=payload.get("comment", 0))
        .select_related("author", "parent__author")
        .first()
    )
    if comment is None:
        return
    address = f"{_page(prompt, 'discussion')}#comment-{comment.parent_id or comment.pk}"
    named = User.objects.filter(username__in=payload.get("mentioned", []), is_active=True)
    yield Tiding(
        [user for user in named if audience.sees(user, prompt)],
        address,
        f"{comment.author} mentioned you on {prompt.name}",
        is_direct=True,
    )
    if (
        comment.parent is not None
        and comment.parent.author.is_active
        and audience.sees(comment.parent.author, prompt)
    ):
        answered = f"{comment.author} answered you on {prompt.name}"
        yield Tiding([comment.parent.author], address, answered, is_direct=True)
    yield Tiding(audience.watchers(prompt), address)


def _handed_over(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    heirs = User.objects.filter(username=payload.get("to", ""), is_active=True)
    yield Tiding(list(heirs), _page(prompt), f"{prompt.name} was handed over to you", is_direct=True)


def _fragment_frozen(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Those who watch a prompt that includes the fragment."""
    if prompt.kind != Kind.FRAGMENT:
        return
    users: dict[int, User] = {}
    using = Prompt.objects.filter(pk__in=counting_uses().filter(name=prompt.name).values("version__prompt"))
    others = list(using.exclude(pk=prompt.pk).order_by("pk")[:MOST])
    audience.learn(others)
    for other in others:
        users |= {user.pk: user for user in audience.watchers(other) if audience.sees(user, prompt)}
    told = f"{prompt.name}, which a prompt of yours includes, has a new version"
    yield Tiding(list(users.values()), _page(prompt), told)


def _emergency(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever could confirm it or must look at it, in words of their own; then the watchers."""
    rows = Emergency.objects.filter(pk=payload.get("emergency", 0))
    row = rows.select_related("version", "environment").first()
    if row is None:
        return
    row.prompt = row.version.prompt = prompt
    address = reverse("admin:emergency", args=[row.pk])
    about = f"{prompt.name}, version {row.version.number}, in {row.environment.slug}"
    if row.state == Emergency.State.ASKED:
        gate = gate_policy_for(prompt, row.environment)
        able = _who_may("confirm", (row, gate), gate.emergency_roles if gate else ())
        yield Tiding(
            able, address, f"An emergency release waits for you to confirm it: {about}", is_direct=True
        )
    elif row.waits_for_review:
        able = _who_may("review", row, REVIEWERS)
        words = f"The glass was broken, and a third person must look at it: {about}"
        yield Tiding(able, address, words, is_direct=True)
    yield Tiding(audience.watchers(prompt), address)


def _who_may(verb: str, thing: object, roles: Iterable[str]) -> list[User]:
    people = User.objects.filter(groups__name__in=list(roles), is_active=True).distinct().order_by("pk")
    return [user for user in people[:MOST] if EmergencyPolicy(Actor.for_user(user)).may(verb, thing)]


def _missed(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever scheduled it, then the watchers."""
    address = f"{reverse('admin:release', args=[prompt.pk])}#scheduled"
    by = User.objects.filter(username=payload.get("scheduled_by", ""), is_active=True)
    words = f"The release of {prompt.name} that you scheduled did not happen"
    yield Tiding([user for user in by if audience.sees(user, prompt)], address, words, is_direct=True)
    yield Tiding(audience.watchers(prompt), address)


def _gate_change(event: Event, payload: Mapping[str, Any]) -> Iterable[Tiding]:
    """Whoever could be the second person."""
    change = GateChange.objects.filter(pk=payload.get("change", 0)).first()
    words = f"A change of the gate {event.subject} waits for a second person"
    yield Tiding(_confirmers(GatePolicyRules, change), reverse("admin:second-person"), words, is_direct=True)


def _adoption(event: Event, payload: Mapping[str, Any]) -> Iterable[Tiding]:
    """Whoever could be the second person."""
    row = Adoption.objects.filter(pk=payload.get("adoption", 0)).first()
    people = User.objects.filter(groups__name__in=ADOPTERS, is_active=True).distinct().order_by("pk")
    able = [
        user
        for user in people[:MOST]
        if row is not None and AdoptionPolicy(Actor.for_user(user)).may("confirm", row)
    ]
    words = f"Running texts wait to be taken on to {payload.get('environment', '')}"
    yield Tiding(able, reverse("admin:second-person"), words, is_direct=True)


def _erasure(event: Event, payload: Mapping[str, Any]) -> Iterable[Tiding]:
    """Whoever could be the second person."""
    row = ErasureProposal.objects.filter(pk=payload.get("proposal", 0), state="open").first()
    words = f"Somebody asks to erase the content of {event.subject} of the audit trail"
    yield Tiding(_confirmers(ErasurePolicy, row), reverse("admin:erasures"), words, is_direct=True)


def _retention(event: Event, payload: Mapping[str, Any]) -> Iterable[Tiding]:
    """Whoever could be the second person."""
    row = RetentionChange.objects.filter(pk=payload.get("change", 0), state="open").first()
    words = f"Somebody asks to keep the content of {event.subject} for a shorter time"
    yield Tiding(_confirmers(RetentionPolicy, row), reverse("admin:retention"), words, is_direct=True)


def _confirmers(policy: type[Policy], row: object) -> list[User]:
    """Who may confirm the proposal; nobody, where it is over."""
    people = User.objects.filter(groups__name__in=CONFIRMERS, is_active=True).distinct().order_by("pk")
    return [user for user in people[:MOST] if row and policy(Actor.for_user(user)).may("confirm", row)]


def _webhook_off(event: Event, payload: Mapping[str, Any]) -> Iterable[Tiding]:
    """The owner; where he has left, the administrators."""
    owner = [user for user in User.objects.filter(username=payload.get("owner", "")) if user.is_let_in]
    heirs = User.objects.filter(groups__name=ADMINISTRATOR, is_active=True).distinct().order_by("pk")
    words = f"The webhook {event.subject} was turned off: {event.reason}"
    yield Tiding(owner or list(heirs[:MOST]), _webhook_page(event.subject), words, is_direct=True)


def _policy_proposed(event: Event, payload: Mapping[str, Any]) -> Iterable[Tiding]:
    """Whoever could be the second person, but not the one who proposed it."""
    row = PolicyProposal.objects.filter(pk=payload.get("proposal", 0), state="open").first()
    if row is None:
        return
    people = User.objects.filter(groups__name__in=CONFIRMERS, is_active=True).distinct().order_by("pk")
    able = [user for user in people[:MOST] if not why_not_confirm(Actor.for_user(user), row)]
    words = f"A change of the approval policy {event.subject} waits for a second person"
    yield Tiding(able, reverse("admin:policy-proposal", args=[row.pk]), words, is_direct=True)


def _webhook_page(name: str) -> str:
    key = Endpoint.objects.filter(name=name).values_list("pk", flat=True).first()
    return reverse("admin:deliveries", args=[key]) if key else reverse("admin:index")


TIDINGS: dict[str, Line] = {
    str(line.event): line
    for line in (
        Line(lifecycle.REQUEST_OPENED, "signing", _asked_to_sign),
        Line(lifecycle.RECERTIFICATION_OPENED, "signing", _asked_to_sign),
        Line(lifecycle.SIGNERS_REMINDED, "signing", _reminded),
        Line(lifecycle.REQUEST_SUPERSEDED, "returned", _superseded),
        Line(lifecycle.APPROVAL_ENDS, "expiring", _ends),
        Line(lifecycle.VERSION_SIGNED, "signing", _next_step),
        Line(lifecycle.CHANGES_REQUESTED, "returned", _watchers("approvals")),
        Line(lifecycle.REQUEST_REJECTED, "returned", _watchers("approvals")),
        Line(lifecycle.VERSION_APPROVED, "approved", _watchers("approvals")),
        Line(releases.RELEASE_MADE, "released", _watchers()),
        Line(releases.RELEASE_STOPPED, "released", _watchers()),
        Line(releases.ROLLED_BACK, "released", _watchers()),
        Line(releases.PROMPT_FROZEN, "frozen", _watchers()),
        Line(releases.FREEZE_LIFTED, "frozen", _watchers()),
        Line(releases.PROMPT_RETIRED, "retired", _watchers()),
        Line(releases.RETIREMENT_PLANNED, "retired", _watchers()),
        Line(releases.RETIREMENT_CANCELLED, "retired", _watchers()),
        Line(releases.RELEASE_SCHEDULED, "released", _watchers()),
        Line(releases.SCHEDULE_STOPPED, "released", _missed),
        Line(releases.EMERGENCY_ASKED, "break-glass", _emergency),
        Line(releases.EMERGENCY_RELEASED, "break-glass", _emergency),
        Line(releases.EMERGENCY_ENDED, "break-glass", _emergency),
        Line(releases.EMERGENCY_REVIEWED, "break-glass", _emergency),
        Line(releases.RELEASE_INHERITED, "released", _watchers()),
        Line(releases.INHERITED_OVERDUE, "expiring", _watchers()),
        Line(evaluations.BUDGET_SPENT, "evaluations", _budget_spent),
        Line(evaluations.SCHEDULE_MISSED, "evaluations", _run_missed),
        Line(registry.COMMENT_WRITTEN, "comments", _commented),
        Line(registry.PROMPT_HANDED_OVER, "handed-over", _handed_over),
        Line(registry.VERSION_FROZEN, "fragments", _fragment_frozen),
    )
}

HOUSE: dict[str, HouseLine] = {
    str(line.event): line
    for line in (
        HouseLine(ENDPOINT_DISABLED, "rules", _webhook_off),
        HouseLine(lifecycle.POLICY_PROPOSED, "rules", _policy_proposed),
        HouseLine(releases.GATE_PROPOSED, "rules", _gate_change),
        HouseLine(releases.ADOPTION_PROPOSED, "rules", _adoption),
        HouseLine(ERASURE_PROPOSED, "rules", _erasure),
        HouseLine(RETENTION_PROPOSED, "rules", _retention),
    )
}
