"""Everyone who could see a prompt at a chosen moment, and why."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from audits.identity.errors import Unacceptable
from audits.identity.roles import READS_TRAIL
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, seen_prompt
from portal.selectors.viewers import viewers_at
from portal.services.export_viewers import export_viewers

READERS = tuple(sorted(READS_TRAIL))


def viewers(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of that moment, of now without one; a moment that cannot be read is told, and now is shown."""
    prompt = seen_prompt(actor_of(request), pk)
    typed, error = request.GET.get("at", "").strip(), ""
    try:
        at = _moment(typed)
    except Unacceptable as wrong:
        at, error = None, wrong.message
    found = viewers_at(prompt, at)
    context = {
        "prompt": prompt,
        "found": found,
        "typed": typed,
        "error": error,
        "is_now": at is None,
        "zone": timezone.localtime().tzname(),
        "groups": [("People", found.people, "Nobody."), ("Keys of applications", found.keys, "No key.")],
    }
    title = f"Who could see {prompt.name}"
    crumbs = crumbs_of(prompt, ("Who could see it", None))
    return render_page(request, "portal/viewers.html", context, title=title, crumbs=crumbs)


def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a file; asking for it becomes an entry."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    if request.method != "POST":
        return redirect("admin:prompt-viewers", pk=pk)
    text = export_viewers(actor=actor, prompt=prompt, at=_moment(str(request.POST.get("at", "")).strip()))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="prompt-{prompt.pk}-viewers.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _moment(text: str) -> datetime | None:
    """What was typed, in the zone of the page unless it names one; raises ``Unacceptable``."""
    if not text:
        return None
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise Unacceptable("A moment is a day and a time, such as 2026-03-17T09:00.", field="at")
    at = at if at.tzinfo else at.replace(tzinfo=timezone.get_current_timezone())
    if at > timezone.now():
        raise Unacceptable("That moment has not come yet.", field="at")
    return at


PAGES = [
    Page("prompts/<int:pk>/viewers", viewers, "prompt-viewers", READERS),
    Page("prompts/<int:pk>/viewers.csv", download, "prompt-viewers-file", READERS),
]
