"""One person's page in the audit trail, or that of an application's key: all it did, by kind and time."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.identity.errors import NotThere
from audits.identity.roles import READS_TRAIL
from audits.ledger.models import Event
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.pages.trail import listed
from portal.selectors.trail_person import PARTS, Standing, filter_of, standing_of
from portal.selectors.trail_rows import visible_events

KINDS = {"person": "person", "service": "key of an application", "shell": "shell", "system": "the portal"}


def trail_person(request: HttpRequest) -> HttpResponse:
    """A page of somebody's acts; without a name one's own.

    Whoever does not read the whole trail sees the acts on prompts that he may see; roles and memberships are
    shown to readers of the whole trail and to the person himself.
    """
    me = actor_of(request)
    name = request.GET.get("actor", "").strip() or me.name
    kind = request.GET.get("type", "person")
    part = request.GET.get("part", "all")
    part = part if part in PARTS else "all"
    mine = visible_events(me)
    reads_all = me.has_role(*READS_TRAIL)
    is_me = (kind, name) == (me.kind, me.name)
    if "\0" in name or kind not in KINDS or not (is_me or _is_known(me, kind, name)):
        raise NotThere("Nothing that you may see was done under this name.")
    standing = standing_of(kind, name) if reads_all or is_me else Standing()
    asked = {word: request.GET.get(word, "").strip() for word in ("since", "until")}
    values = {**filter_of(kind, name, part), **asked}
    who = {"actor": name, "type": kind}
    context: dict[str, Any] = {
        **listed(request, mine, values),
        "who": str(standing.person) if standing.person else name,
        "name": name,
        "kind": kind,
        "kind_words": KINDS[kind],
        "standing": standing,
        "is_me": is_me,
        "part": part,
        "parts": [(slug, words) for slug, (words, _) in PARTS.items()],
        "asked": asked,
        "who_query": urlencode(who | {key: value for key, value in asked.items() if value}),
        "query": urlencode({key: value for key, value in {**who, "part": part, **asked}.items() if value}),
    }
    crumbs = [("Audit trail", reverse("admin:trail")), (context["who"], None)]
    return render_page(
        request,
        "portal/trail_person.html",
        context,
        title=f"{context['who']} in the audit trail",
        crumbs=crumbs,
    )


def _is_known(me: Any, kind: str, name: str) -> bool:
    """Whether the person may know of that name: there is an entry to be seen, or an account."""
    if visible_events(me).filter(actor=name, actor_type=kind).exists():
        return True
    found = standing_of(kind, name) if me.has_role(*READS_TRAIL) else Standing()
    return bool(found.person or found.key or _is_told_of(me, name))


def _is_told_of(me: Any, name: str) -> bool:
    return me.has_role(*READS_TRAIL) and Event.objects.filter(subject=name, subject_type="user").exists()


PAGES = [Page("trail/by", trail_person, "trail-person")]
