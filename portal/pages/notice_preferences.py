"""How one hears of what: in the inbox, by e-mail at once, in the daily digest, or not at all."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.models import User
from audits.notices.models import Letter
from audits.notices.selectors import Choice, choices_of, default
from audits.notices.services.preferences import set_preferences
from audits.notices.topics import MAILS, TOPICS
from portal.mail import is_configured
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of

TITLE = "Notices"
ALWAYS = {"signing", "handed-over", "rules"}
"""Topics of which most is addressed to the person, who is told in any case."""


def preferences(request: HttpRequest) -> HttpResponse:
    """The table of topics; a form stores it."""
    actor = actor_of(request)
    user: User = actor.user  # type: ignore[assignment]
    stored = choices_of([user])
    if request.method == "POST":
        choices = {
            name: Choice(
                inbox=f"inbox-{name}" in request.POST,
                mail=request.POST.get(f"mail-{name}", stored.get((user.pk, name), default(name)).mail),
            )
            for name in TOPICS
        }
        set_preferences(actor=actor, choices=choices)
        messages.success(request, "Stored. It holds for what happens from now on.")
        return redirect("admin:notice-preferences")
    letters = Letter.objects.filter(user=user).exclude(state=Letter.State.EMPTY)
    context = {
        "topics": [(row, stored.get((user.pk, row.name)) or default(row.name)) for row in TOPICS.values()],
        "ways": MAILS.items(),
        "always": ALWAYS,
        "mail": is_configured(),
        "email": user.email,
        "hour": settings.DIGEST_HOUR,
        "letters": letters.order_by("-pk")[:5] if is_configured() else [],
    }
    crumbs = [("Your account", reverse("admin:account")), (TITLE, None)]
    return render_page(request, "portal/notice_preferences.html", context, title=TITLE, crumbs=crumbs)


PAGES = [Page("account/notices/", preferences, "notice-preferences")]
