"""Approval policies: what each demands, proposing a change of it, and the second person's yes or no."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, NotThere, Unacceptable
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, SIGNERS, STEWARD
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from portal.pages.policy_forms import PolicyForm, SeatForms, demands_of, initial_of, seat_rows, tell
from portal.selectors.policy_rows import Words, policy_rows, proposal_case
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest, PolicyProposal
from prompts.lifecycle.selectors.satisfiable import why_nobody
from prompts.lifecycle.services.propose_policy import confirm_policy, propose_policy, refuse_policy
from prompts.registry.models import Prompt

READERS = (ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD)
TITLE = "Approval policies"
SHOWN = 20


def _crumbs(*more: tuple[str, str | None]) -> Trail:
    return [(TITLE, reverse("admin:policies") if more else None), *more]


def policies(request: HttpRequest) -> HttpResponse:
    """All of them in words; what waits for a second person; what was decided."""
    rows = PolicyProposal.objects.select_related("collection", "policy__collection")
    context = {
        "rows": policy_rows(),
        "waiting": rows.filter(state="open"),
        "decided": rows.exclude(state="open").order_by("-decided_at")[:SHOWN],
        "may_propose": actor_of(request).has_role(ADMINISTRATOR),
    }
    return render_page(request, "portal/policies.html", context, title=TITLE, crumbs=_crumbs())


def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy: its demands, whether anybody could satisfy it, what is open under it, what changed."""
    actor, row = actor_of(request), _policy(pk)
    visible = Prompt.objects.visible_to(actor).values("pk")
    opened = ApprovalRequest.objects.filter(policy=row, state="open", prompt__in=visible)
    earlier = row.proposals.exclude(state="open").order_by("-decided_at")[:SHOWN]
    context = {
        "policy": row,
        "words": Words([row.demands]).of(row.demands),
        "facts": Words([row.demands]).between(None, row.demands) if not row.is_synthetic else [],
        "nobody": why_nobody(row, actor),
        "waits": row.proposals.filter(state="open").first(),
        "open": opened.select_related("prompt", "version").order_by("opened_at")[:SHOWN],
        "decided": earlier,
        "may_propose": actor.has_role(ADMINISTRATOR) and not row.is_synthetic,
    }
    return render_page(
        request, "portal/policy.html", context, title=row.name, crumbs=_crumbs((row.name, None))
    )


def policy_new(request: HttpRequest) -> HttpResponse:
    """Propose one that is not there yet."""
    return _form(request, None)


def policy_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a change of one."""
    row = _policy(pk)
    if row.is_synthetic:
        raise NotThere("The policy of bulk data never changes.")
    return _form(request, row)


def _form(request: HttpRequest, row: ApprovalPolicy | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = PolicyForm(data, policy=row, initial=initial_of(row) if row else {})
    held = seat_rows(row.demands.seats) if row else []
    seats = SeatForms(data, prefix="seats", initial=None if data else held)
    status = 200
    if data is not None:
        fine = form.is_valid() & seats.is_valid()
        status = 400
        if fine:
            try:
                proposed = propose_policy(
                    actor=actor_of(request),
                    name=row.name if row else form.cleaned_data["name"],
                    demands=demands_of(form, seats),
                    reason=form.cleaned_data["reason"],
                    risk_tier=form.cleaned_data["risk_tier"],
                    collection=form.cleaned_data["collection"],
                    base_version=number(request.POST, "base_version") or 0,
                )
            except GovernedError as error:
                if error.status in {403, 404}:
                    raise
                tell(form, error)
                status = error.status
            else:
                waits = proposed.state == PolicyProposal.State.OPEN
                told = (
                    "It waits for a second person." if waits else "It holds from now on: you are alone here."
                )
                messages.success(request, told)
                return redirect("admin:policy-proposal", pk=proposed.pk)
    context = {
        "policy": row,
        "form": form,
        "seats": seats,
        "base_version": row.version if row else 0,
        "people": User.objects.filter(is_active=True, groups__name__in=SIGNERS).distinct()[:200],
    }
    name = f"Change {row.name}" if row else "New policy"
    trail = [(row.name, reverse("admin:policy", args=[row.pk]))] if row else []
    crumbs = _crumbs(*trail, (name, None))
    return render_page(request, "portal/policy_form.html", context, title=name, crumbs=crumbs, status=status)


def policy_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What a proposal alters and whom it touches; the two answers for whoever may give them."""
    actor = actor_of(request)
    rows = PolicyProposal.objects.select_related("collection", "policy__collection")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such proposal.")
    if request.method == "POST":
        act = request.POST.get("act")
        if act == "confirm":
            confirm_policy(actor=actor, pk=pk)
            messages.success(request, f"Confirmed: {row.name} holds from now on as proposed.")
        elif act == "refuse":
            refuse_policy(actor=actor, pk=pk, reason=str(request.POST.get("reason", "")))
            messages.success(request, "Taken back." if row.proposed_by == actor.name else "Refused.")
        else:
            raise Unacceptable("Choose yes or no.", field="act")
        return redirect("admin:policy-proposal", pk=pk)
    title = f"Change of {row.name}" if row.base_version else f"New policy {row.name}"
    context = {"case": proposal_case(actor, row), "row": row, "title_of_it": title, "shown": SHOWN}
    return render_page(
        request, "portal/policy_proposal.html", context, title=title, crumbs=_crumbs((title, None))
    )


def _policy(pk: int) -> ApprovalPolicy:
    row = ApprovalPolicy.objects.select_related("collection").filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such policy.")
    return row


PAGES = [
    Page("policies/", policies, "policies", READERS),
    Page("policies/new/", policy_new, "policy-new", (ADMINISTRATOR,)),
    Page("policies/<int:pk>/", policy, "policy", READERS),
    Page("policies/<int:pk>/change/", policy_change, "policy-change", (ADMINISTRATOR,)),
    Page("policies/proposals/<int:pk>/", policy_proposal, "policy-proposal", READERS),
]
