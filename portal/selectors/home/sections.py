"""The sections of prompts: each reads its rows and says its number."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from audits.adminkit.wording import span
from audits.identity.actors import Actor
from audits.identity.roles import DOCUMENTATION_SPECIALIST
from portal.selectors import documentation
from portal.selectors.ending import ending
from portal.selectors.home import signing, watching, writing
from portal.selectors.home.parts import Figure, Link, Section
from prompts.registry.models import Prompt

FEW, MANY = 5, 12
WITHIN = timedelta(days=30)


def signatures(actor: Actor) -> Section:
    """Sign-offs that wait for the actor."""
    rows = signing.waiting(actor)
    oldest = span((timezone.now() - rows[0].request.opened_at).total_seconds()) if rows else ""
    note = f"the oldest for {oldest}" if rows else "nothing to sign"
    return Section(
        id="sign-offs",
        title="Waiting for your signature",
        template="portal/home/signatures.html",
        rows=rows[:MANY],
        aside="Oldest first",
        empty="Nothing waits for you: every open request is signed in your role, or was written by you.",
        next=Link("Look at all open requests", reverse("admin:desk")),
        figure=Figure("Sign-offs waiting", str(len(rows)), note, url="#sign-offs"),
    )


def decisions(actor: Actor) -> Section:
    """What the actor decided lately."""
    return Section(
        id="lately",
        title="Your last decisions",
        template="portal/home/decisions.html",
        rows=signing.last_decisions(actor),
        empty="You have decided on no version yet. What you sign, send back or reject will stand here.",
    )


def ends(actor: Actor) -> Section:
    """Approvals of what is live that end soon, or have ended."""
    rows = ending(WITHIN, Prompt.objects.visible_to(actor).in_use())
    now = timezone.now()
    over = sum(approval.expires_at <= now for _, approval in rows)
    return Section(
        id="ends",
        title="Approvals that end",
        template="portal/home/ends.html",
        rows=[(version, approval, approval.expires_at <= now) for version, approval in rows[:FEW]],
        aside="30 days",
        empty="No approval of a live version ends within 30 days.",
        figure=Figure(
            "Approvals ending",
            str(len(rows) - over),
            "within 30 days",
            bad=f"{over} expired" if over else "",
            url="#ends",
        ),
    )


def drafts(actor: Actor) -> Section:
    """Drafts that the actor writes in."""
    found = writing.drafts_of(actor)
    rows, count = list(found[:FEW]), found.count()
    last = span((timezone.now() - rows[0].updated_at).total_seconds()) if rows else ""
    return Section(
        id="drafts",
        title="Your drafts",
        template="portal/home/drafts.html",
        rows=rows,
        aside="Newest change first",
        empty="You have no draft. Open a prompt and write its next version, or begin a new prompt.",
        next=Link("All prompts", reverse("admin:prompts")),
        figure=Figure(
            "Your drafts", str(count), f"last changed {last} ago" if rows else "none", url="#drafts"
        ),
    )


def submissions(actor: Actor) -> Section:
    """What the actor submitted and is not decided, or came back."""
    rows = writing.submissions_of(actor)
    back = sum(row.request.state == "changes_requested" for row in rows)
    waits = len(rows) - back
    return Section(
        id="submitted",
        title="On their way",
        template="portal/home/submissions.html",
        rows=rows[:MANY],
        empty="None of your versions is at the approval desk. A draft gets there when you submit it.",
        figure=Figure(
            "Awaiting approval",
            str(waits),
            "submitted by you",
            bad=f"{back} sent back" if back else "",
            url="#submitted",
        ),
    )


def stopped(actor: Actor) -> Section:
    """Releases that a gate stopped."""
    found = watching.stopped(actor)
    rows = list(found[:FEW])
    return Section(
        id="stopped",
        title="Stopped by a gate",
        template="portal/home/stopped.html",
        rows=rows,
        aside="7 days",
        empty="No gate stopped a release in the last 7 days.",
        figure=Figure("Stopped releases", str(found.count()), "last 7 days", url="#stopped"),
    )


def failing(actor: Actor) -> Section:
    """Runs with failures."""
    found = watching.failing(actor)
    rows, going = list(found[:FEW]), watching.under_way(actor)
    return Section(
        id="failing",
        title="Runs with failures",
        template="portal/home/failing.html",
        rows=rows,
        aside="7 days",
        empty="No run failed a case in the last 7 days.",
        figure=Figure(
            "Runs with failures", str(found.count()), f"last 7 days; {going} under way", url="#failing"
        ),
    )


def frozen(actor: Actor) -> Section:
    """Frozen prompts."""
    found = watching.frozen(actor)
    rows = list(found[:FEW])
    since = span((timezone.now() - rows[0].at).total_seconds()) if rows else ""
    return Section(
        id="frozen",
        title="Frozen prompts",
        template="portal/home/frozen.html",
        rows=rows,
        empty="No prompt is frozen.",
        figure=Figure(
            "Frozen prompts",
            str(found.count()),
            f"the last for {since}" if rows else "all are served",
            url="#frozen",
        ),
    )


def gaps(actor: Actor) -> Section:
    """Prompts whose documentation is below the standard of their tier."""
    rows = documentation.gaps(actor, most=FEW)
    return Section(
        id="gaps",
        title="Documentation to complete",
        template="portal/home/gaps.html",
        rows=rows,
        more=Link("All, riskiest and live first", reverse("admin:documentation")) if rows else None,
        empty="Every prompt that you see has all that the standard of its tier asks.",
        figure=Figure(
            "Undocumented",
            documentation.counted(documentation.undocumented(actor)),
            "below their standard",
            url="#gaps",
        )
        if actor.has_role(DOCUMENTATION_SPECIALIST)
        else None,
    )


def released(actor: Actor) -> Section:
    """The last releases."""
    inherited = watching.inherited(actor)
    prompts = Prompt.objects.visible_to(actor).in_use().filter(releases__state="live").distinct().count()
    return Section(
        id="released",
        title="Released lately",
        template="portal/home/released.html",
        rows=watching.newly_released(actor),
        empty="Nothing is released yet. A frozen version is released from its prompt's page.",
        figure=Figure(
            "Prompts released",
            str(prompts),
            "live now",
            bad=f"{inherited} inherited" if inherited else "",
            url="#released",
        ),
    )
