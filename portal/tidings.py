"""Of which events people are told, who they are, and what a press on the notice opens.

Another kind of notice is one more line in ``TIDINGS``: an event of the ledger and the function that finds
its people. Words are those of the event (audits/ledger/events.py) unless the function gives its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.models import User
from prompts.lifecycle import events as lifecycle
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import authors_of, why_not_sign
from prompts.registry import events as registry
from prompts.registry.models import Comment, Kind, Prompt
from prompts.registry.uses import counting_uses
from prompts.registry.watching import sees, watchers_of
from prompts.releases import events as releases

MOST = 500
"""People that one event is told to."""


@dataclass(frozen=True, slots=True)
class Tiding:
    """To whom one event is told; ``words`` are empty where the event's own will do."""

    users: list[User]
    address: str
    words: str = ""


class Audience:
    """Who may be told, asked once per person and prompt as long as one batch of events is told."""

    def __init__(self) -> None:
        self._watchers: dict[int, list[User]] = {}
        self._sees: dict[tuple[int, int], bool] = {}

    def watchers(self, prompt: Prompt) -> list[User]:
        """Everybody who hears of the prompt."""
        if prompt.pk not in self._watchers:
            self._watchers[prompt.pk] = watchers_of(prompt)
        return self._watchers[prompt.pk]

    def sees(self, user: User, prompt: Prompt) -> bool:
        """Whether the person may see the prompt."""
        key = (user.pk, prompt.pk)
        if key not in self._sees:
            self._sees[key] = sees(user, prompt)
        return self._sees[key]


Finder = Callable[[Prompt, Mapping[str, Any], Audience], Iterable[Tiding]]


def _page(prompt: Prompt, tab: str = "") -> str:
    return reverse("admin:prompt", args=[prompt.pk]) + (f"?tab={tab}" if tab else "")


def _watchers(tab: str = "") -> Finder:
    def find(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
        yield Tiding(audience.watchers(prompt), _page(prompt, tab))

    return find


def _asked_to_sign(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Whoever can take an open seat, in words of their own; then the watchers."""
    request = (
        ApprovalRequest.objects.filter(pk=payload.get("request", 0)).select_related("version__prompt").first()
    )
    if request is None:
        return
    address = reverse("admin:desk-request", args=[request.pk])
    roles = [seat.role for seat in parse_seats(request.seats)]
    authors = authors_of(request.version)
    people = User.objects.filter(groups__name__in=roles, is_active=True).distinct().order_by("pk")[:MOST]
    able = []
    for user in people:
        actor = Actor.for_user(user)
        if any(not why_not_sign(actor, request, role, authors) for role in roles if actor.has_role(role)):
            able.append(user)
    yield Tiding(able, address, f"{prompt.name}, version {request.version.number}, waits for your signature")
    yield Tiding(audience.watchers(prompt), address)


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
    )
    if (
        comment.parent is not None
        and comment.parent.author.is_active
        and audience.sees(comment.parent.author, prompt)
    ):
        yield Tiding([comment.parent.author], address, f"{comment.author} answered you on {prompt.name}")
    yield Tiding(audience.watchers(prompt), address)


def _handed_over(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    heirs = User.objects.filter(username=payload.get("to", ""), is_active=True)
    yield Tiding(list(heirs), _page(prompt), f"{prompt.name} was handed over to you")


def _fragment_frozen(prompt: Prompt, payload: Mapping[str, Any], audience: Audience) -> Iterable[Tiding]:
    """Those who watch a prompt that includes the fragment."""
    if prompt.kind != Kind.FRAGMENT:
        return
    users: dict[int, User] = {}
    using = Prompt.objects.filter(pk__in=counting_uses().filter(name=prompt.name).values("version__prompt"))
    for other in using.exclude(pk=prompt.pk)[:MOST]:
        users |= {user.pk: user for user in audience.watchers(other) if audience.sees(user, prompt)}
    told = f"{prompt.name}, which a prompt of yours includes, has a new version"
    yield Tiding(list(users.values()), _page(prompt), told)


TIDINGS: dict[str, Finder] = {
    str(event): finder
    for event, finder in (
        (lifecycle.REQUEST_OPENED, _asked_to_sign),
        (lifecycle.CHANGES_REQUESTED, _watchers("approvals")),
        (lifecycle.REQUEST_REJECTED, _watchers("approvals")),
        (lifecycle.VERSION_APPROVED, _watchers("approvals")),
        (releases.RELEASE_MADE, _watchers()),
        (releases.RELEASE_STOPPED, _watchers()),
        (releases.ROLLED_BACK, _watchers()),
        (releases.PROMPT_FROZEN, _watchers()),
        (releases.FREEZE_LIFTED, _watchers()),
        (releases.PROMPT_RETIRED, _watchers()),
        (registry.COMMENT_WRITTEN, _commented),
        (registry.PROMPT_HANDED_OVER, _handed_over),
        (registry.VERSION_FROZEN, _fragment_frozen),
    )
}
