"""Handing over everything that a person answers for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import NotThere, Unacceptable
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR, STEWARD
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from prompts.registry.services.hand_over import answered_for, hand_over, may_be_handed_over

SHOWN = 100


def hand_over_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What would move, to whom and why; then it moves."""
    actor = actor_of(request)
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise NotThere("There is no such person.")
    if request.method == "POST":
        typed = str(request.POST.get("to", "")).strip()
        successor = User.objects.filter(username__iexact=typed).first()
        if successor is None:
            raise Unacceptable(f"There is no person {typed[:150]!r}.", field="to")
        reason = str(request.POST.get("reason", ""))
        told = hand_over(actor=actor, from_user=person, to_user=successor, reason=reason)
        messages.success(request, f"{len(told.moved)} prompts went from {person} to {successor}.")
        return redirect(reverse("admin:hand-over", args=[pk]))
    movable = may_be_handed_over(actor, person).select_related("owner")
    count = movable.count()
    context = {
        "person": person,
        "prompts": movable[:SHOWN],
        "count": count,
        "left": answered_for(actor, person).count() - count,
        "shown": SHOWN,
        "people": User.objects.filter(is_active=True).exclude(pk=pk).order_by("full_name")[:200],
    }
    crumbs = [("Hand over", None)]
    title = f"Hand over from {person}"
    return render_page(request, "portal/hand_over.html", context, title=title, crumbs=crumbs)


PAGES = [
    Page("people/<int:pk>/hand-over/", hand_over_page, "hand-over", (ADMINISTRATOR, STEWARD)),
]
