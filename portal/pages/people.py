"""The account of somebody else, as administrators look after it; and what waits for a second person."""

from collections.abc import Callable

from axes.utils import reset
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.admin.people import show_link
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.models import AccessProposal, ServiceAccount, User
from audits.identity.roles import ADMINISTRATOR, CONFIRMERS, TITLES
from audits.identity.services.keys import move_key
from audits.identity.services.locks import lift_lock, locks_of
from audits.identity.services.open_sessions import end_session, end_sessions
from audits.identity.services.roles import (
    ask_password,
    confirm_proposal,
    refuse_proposal,
    why_not_confirm,
)
from audits.identity.services.second_factor import factor_of, reset_factor
from portal.pages.account import sessions_of
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number

WAITS = "Waiting for a second person"


def person_access(request: HttpRequest, pk: int) -> HttpResponse:
    """Sessions, second factor, lock, password and keys of one person."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise NotThere("There is no such person.")
    if request.method == "POST":
        return _act(request, person)
    actor = actor_of(request)
    context = {
        "person": person,
        "is_me": actor.user is not None and actor.user.pk == person.pk,
        "sessions": sessions_of(person),
        "factor": factor_of(person),
        "locks": locks_of(person),
        "identities": person.identities.order_by("pk"),
        "grants": [
            (TITLES.get(row.role, row.role), row) for row in person.role_grants.filter(ended_at__isnull=True)
        ],
        "proposals": person.proposals.filter(state="open"),
        "keys": person.service_accounts.filter(revoked_at__isnull=True).order_by("name"),
        "people": User.objects.filter(is_active=True).exclude(pk=pk).order_by("full_name")[:200],
    }
    change = reverse("admin:identity_user_change", args=[pk])
    crumbs = [("People", reverse("admin:identity_user_changelist")), (str(person), change), ("Access", None)]
    return render_page(
        request, "portal/person_access.html", context, title=f"Access of {person}", crumbs=crumbs
    )


def _act(request: HttpRequest, person: User) -> HttpResponse:
    actor, data = actor_of(request), request.POST
    reason, act = str(data.get("reason", "")), data.get("act", "")
    told = ""
    if act == "password":
        pair = ask_password(actor=actor, user=person, reason=reason)
        if pair:
            return show_link(admin.site, request, person, pair)
        told = "A second person has to confirm it; then the address is shown to that person."
    elif act == "end":
        end_session(actor=actor, pk=number(data, "session") or 0)
        told = "The session ended."
    elif act == "end-all":
        told = f"{end_sessions(actor=actor, user=person, reason='by an administrator')} sessions ended."
    elif act == "factor":
        reset_factor(actor=actor, user=person, reason=reason)
        told = f"The second factor of {person} was reset."
    elif act == "lock":
        lift_lock(actor=actor, user=person, reset=_forget)
        told = f"{person} may try to sign in again."
    elif act == "key":
        told = _move(request, person)
    else:
        raise Unacceptable("Choose what to do.", field="act")
    messages.success(request, told)
    return redirect("admin:person-access", pk=person.pk)


def _forget(username: str) -> None:
    reset(username=username)


def _move(request: HttpRequest, person: User) -> str:
    key = ServiceAccount.objects.filter(pk=number(request.POST, "key") or 0, owner=person).first()
    if key is None:
        raise NotThere("There is no such key.")
    typed = str(request.POST.get("to", "")).strip()[:150].replace("\0", "")
    owner = User.objects.filter(username__iexact=typed).first()
    if owner is None:
        raise Unacceptable(f"There is no person {typed!r}.", field="to")
    move_key(actor=actor_of(request), account=key, owner=owner)
    return f"The key {key.name} is {owner}'s now."


def proposals(request: HttpRequest) -> HttpResponse:
    """What waits, with the two answers for whoever may give them."""
    actor = actor_of(request)
    if request.method == "POST":
        pk = number(request.POST, "proposal") or 0
        row = AccessProposal.objects.filter(pk=pk).select_related("user").first()
        answers: dict[str, Callable[[], str | None]] = {
            "confirm": lambda: confirm_proposal(actor=actor, pk=pk),
            "refuse": lambda: refuse_proposal(actor=actor, pk=pk, reason=str(request.POST.get("reason", ""))),
        }
        answer = answers.get(str(request.POST.get("act", "")))
        if answer is None:
            raise Unacceptable("Choose yes or no.", field="act")
        pair = answer()
        if pair and row is not None:
            return show_link(admin.site, request, row.user, pair)
        messages.success(request, "Confirmed." if request.POST["act"] == "confirm" else "Refused.")
        return redirect("admin:proposals")
    rows = AccessProposal.objects.select_related("user")
    open_ones = [
        {
            "row": row,
            "roles": ", ".join(TITLES.get(role, role) for role in row.roles),
            "why_not": why_not_confirm(actor, row),
            "mine": row.proposed_by == actor.name,
        }
        for row in rows.filter(state="open")
    ]
    context = {"open": open_ones, "decided": rows.exclude(state="open").order_by("-decided_at")[:20]}
    return render_page(request, "portal/proposals.html", context, title=WAITS, crumbs=[(WAITS, None)])


PAGES = [
    Page("people/<int:pk>/access/", person_access, "person-access", (ADMINISTRATOR,)),
    Page("people/proposals/", proposals, "proposals", CONFIRMERS),
]
