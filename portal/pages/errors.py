"""What is answered when something is refused or not there: a page for people, JSON for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from audits.identity.errors import GovernedError, NotThere, Refused
from portal.pages.base import TITLES, render_refusal

PROGRAMS = ("/api/", "/v1/", "/metrics")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _answer(request, Refused(str(exception) or "You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same words for what does not exist and for what this person may not know of."""
    return _answer(request, NotThere("There is no such page, or you may not see it."))


def csrf_failed(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """A form that did not come from this portal, or from a session that has ended since."""
    return _answer(request, Refused("This form is too old or came from elsewhere. Open the page again."))


def _answer(request: HttpRequest, error: GovernedError) -> HttpResponse:
    if request.path.startswith(PROGRAMS):
        return JsonResponse({"error": error.code, "message": error.message}, status=error.status)
    actor = getattr(request, "actor", None)
    if actor is not None and actor.is_active:
        return render_refusal(request, error)
    context = {"title": TITLES[error.status], "message": error.message}
    return render(request, "portal/refused_alone.html", context, status=error.status)
