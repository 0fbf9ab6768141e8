"""Taking back a request for a release."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.errors import NotThere
from portal.pages.base import Page
from portal.pages.common import actor_of
from prompts.registry.models import Prompt
from prompts.releases.models import ReleaseRequest
from prompts.releases.services.ask import withdraw_release_request


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes an open request without a release; opened, it leads to the list of them."""
    actor = actor_of(request)
    seen = Prompt.objects.visible_to(actor).values("pk")
    asked = ReleaseRequest.objects.filter(pk=pk, prompt__in=seen).select_related("version__prompt").first()
    if asked is None:
        raise NotThere("There is no such request.")
    if request.method == "POST":
        reason = str(request.POST.get("reason", ""))[:4000]
        withdraw_release_request(actor=actor, request_id=pk, reason=reason)
        messages.success(request, f"The request for {asked.version} was withdrawn.")
    return redirect("admin:releases")


PAGES = [Page("release-requests/<int:pk>/withdraw", withdraw, "release-withdraw", "signed-in")]
