"""The home page of each role: what waits, what burns, what to do next."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audits.adminkit.wording import span
from audits.identity.actors import Actor
from audits.identity.roles import (
    ADMINISTRATOR,
    AUDITOR,
    CONFIRMERS,
    DOCUMENTATION_SPECIALIST,
    DOMAIN_EXPERT,
    ENGINEER,
    ETHICS_OFFICER,
    STEWARD,
    WRITERS,
)
from portal.frame_address import address
from portal.pages.base import Page, render_page
from portal.selectors.home import house, sections
from portal.selectors.home.parts import Link, Section
from portal.selectors.home.people_waiting import people_waiting
from portal.selectors.missed_rows import missed_for
from portal.selectors.second_rows import emergencies_for
from portal.services.watch_schedules import watch_schedules
from portal.settings.navigation import FIRST
from prompts.registry.querysets import collections_with

Build = Callable[[Actor], Section]
MOST_FIGURES = 5


class Layout(NamedTuple):
    """The sections of a home page: work at the left, what to know at the right."""

    left: tuple[Build, ...]
    right: tuple[Build, ...]


S, H = sections, house
LAYOUTS: dict[str, Layout] = {
    ADMINISTRATOR: Layout(
        (H.sign_ins, H.refusals, H.own_acts), (H.second_person, H.proof, H.keys, H.roleless, S.frozen)
    ),
    AUDITOR: Layout((H.entries,), (H.proof, H.refusals, S.frozen, S.released)),
    ETHICS_OFFICER: Layout(
        (S.signatures, S.decisions), (H.second_person, S.frozen, S.failing, S.ends, S.released)
    ),
    STEWARD: Layout(
        (S.signatures, S.submissions, S.drafts), (H.second_person, S.stopped, S.ends, S.frozen, S.gaps)
    ),
    ENGINEER: Layout((S.drafts, S.submissions), (S.stopped, S.failing, S.frozen)),
    DOMAIN_EXPERT: Layout((S.signatures, S.decisions), (S.failing, S.frozen)),
    DOCUMENTATION_SPECIALIST: Layout((S.gaps, S.signatures), (S.decisions, S.frozen)),
}
NOBODY = Layout((S.released,), (S.frozen,))
"""For somebody who holds no role: what the team's grants let him see."""


def layout(actor: Actor) -> Layout:
    """The layout of the actor's first role, with the work of his other roles added at the left."""
    roles = [role for role in FIRST if actor.has_role(role)]
    if not roles:
        return NOBODY
    first = LAYOUTS[roles[0]]
    left = list(first.left)
    for role in roles[1:]:
        left += [build for build in LAYOUTS[role].left if build not in left and build not in first.right]
    right = first.right
    if actor.has_role(*CONFIRMERS) and H.second_person not in right:
        right = (H.second_person, *right)
    return Layout(tuple(left), right)


def greeting(now: datetime) -> str:
    """By the hour of the portal's clock."""
    if 5 <= now.hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= now.hour < 18 else "Good evening"


NUMBERS = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
)


class Opening(NamedTuple):
    """One sentence under the greeting, with a link in its middle."""

    before: str
    link: Link | None = None
    after: str = ""


def opening(found: dict[str, Section]) -> Opening:
    """What waits longest; for somebody who signs nothing, how his own work or the house stands."""
    work = found.get("sign-offs")
    if work is None:
        return _of_author(found) if "submitted" in found else _of_reader(found)
    if not work.rows or work.figure is None:
        return Opening("Nothing waits for your signature.")
    count, oldest = int(work.figure.value), work.rows[0]
    many = NUMBERS[count] if count < len(NUMBERS) else str(count)
    version = oldest.request.version
    link = Link(
        f"{version.prompt.name} version {version.number}",
        reverse("admin:desk-request", args=[oldest.request.pk]),
    )
    since = span((timezone.now() - oldest.request.opened_at).total_seconds())
    alone = ", and yours is the last signature it needs" if oldest.is_last else ""
    if count == 1:
        return Opening("One sign-off waits for you:", link, f", for {since}{alone}.")
    return Opening(f"{many} sign-offs wait for you. The oldest,", link, f", has waited {since}{alone}.")


def _of_author(found: dict[str, Section]) -> Opening:
    """What became of the submitted versions."""
    rows = found["submitted"].rows
    back = [row.request for row in rows if row.request.state == "changes_requested"]
    waits = len(rows) - len(back)
    if back:
        version = back[0].version
        link = Link(
            f"{version.prompt.name} version {version.number}",
            reverse("admin:desk-request", args=[back[0].pk]),
        )
        return Opening("Sent back to you, for changes:", link, ".")
    if waits:
        many = NUMBERS[waits] if waits < len(NUMBERS) else str(waits)
        return Opening(f"{many} of your versions {'waits' if waits == 1 else 'wait'} for signatures.")
    return Opening("Nothing of yours waits for signatures.")


def _of_reader(found: dict[str, Section]) -> Opening:
    """Whether anything was refused; to somebody without a role, why there is so little."""
    refused = found.get("refusals")
    if refused is None:
        return Opening("You hold no role yet. An administrator gives roles, and a team its prompts.")
    if not refused.rows:
        return Opening("Nobody was refused anything in the last 7 days.")
    count = int(refused.figure.value) if refused.figure else len(refused.rows)
    many = NUMBERS[count].lower() if count < len(NUMBERS) else str(count)
    link = Link(f"{many} act{' was' if count == 1 else 's were'} refused", "#refusals")
    return Opening("In the last 7 days", link, ".")


def primary(actor: Actor, found: dict[str, Section], oldest: Link | None) -> tuple[Link, str] | None:
    """The one thing to do next, and the key that does it."""
    if oldest is not None:
        return Link("Open the oldest", oldest.url), "o"
    if actor.has_role(*WRITERS):
        drafts = found.get("drafts")
        if drafts and drafts.rows:
            return Link("Continue your last draft", reverse("admin:draft", args=[drafts.rows[0].pk])), "c"
        if collections_with(actor, "write").exists():
            return Link("New prompt", address("admin:prompt-new")), "n"
    if actor.has_role(ADMINISTRATOR):
        return Link("New person", address("admin:identity_user_add")), "n"
    if actor.has_role(AUDITOR) and address("admin:trail"):
        return Link("Open the audit trail", address("admin:trail")), "t"
    return None


def home(request: HttpRequest) -> HttpResponse:
    """Greets, and shows the work."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    watch_schedules()
    plan = layout(actor)
    left, right = [build(actor) for build in plan.left], [build(actor) for build in plan.right]
    found = {section.id: section for section in [*left, *right]}
    told = opening(found)
    context = {
        "greeting": f"{greeting(timezone.localtime())}, {actor.user}",
        "opening": told,
        "primary": primary(actor, found, told.link if "sign-offs" in found else None),
        "figures": [section.figure for section in found.values() if section.figure][:MOST_FIGURES],
        "people_waiting": people_waiting(actor),
        "emergencies": emergencies_for(actor),
        "missed": missed_for(actor),
        "left": left,
        "right": right,
    }
    return render_page(request, "portal/home.html", context, title="Home", crumbs=[("Home", None)])


HOME = Page("", home, "index")
