"""Legal holds: what must not be erased, placed by one person and released by another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.exports.models import LegalHold
from audits.exports.policies import HoldPolicy
from audits.exports.selectors import legal_holds
from audits.exports.services.holds import place_hold, release_hold
from audits.identity.errors import Unacceptable
from audits.identity.roles import CONFIRMERS, READS_TRAIL
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number

TITLE = "Legal holds"


def holds(request: HttpRequest) -> HttpResponse:
    """Those in force and those that are over, and the form to place another one."""
    actor = actor_of(request)
    if request.method == "POST":
        _act(request)
        return redirect("admin:holds")
    policy = HoldPolicy(actor)
    rows = legal_holds()
    scope = request.GET.get("scope", "")
    context = {
        "active": [(row, policy.why_not("release", row)) for row in rows if row.is_active],
        "over": [row for row in rows if not row.is_active],
        "may_place": policy.may("place"),
        "scopes": LegalHold.Scope.choices,
        "scope": scope if scope in LegalHold.Scope.values else "",
        "name": request.GET.get("name", "")[:400],
    }
    crumbs = [("Audit trail", "admin:trail"), (TITLE, None)]
    return render_page(request, "portal/holds.html", context, title=TITLE, crumbs=crumbs)


def _act(request: HttpRequest) -> None:
    actor, data = actor_of(request), request.POST
    told = {name: str(data.get(name, "")) for name in ("scope", "name", "reason", "reference")}
    match data.get("act"):
        case "place":
            row = place_hold(actor=actor, **told)
            messages.success(request, f"Held from now on: {row.words}.")
        case "release":
            row = release_hold(actor=actor, hold_id=number(data, "row") or 0, reason=told["reason"])
            messages.success(request, f"Released: {row.words}. What is due goes with the next run.")
        case _:
            raise Unacceptable("Choose what to do.", field="act")


PAGES = [Page("trail/holds/", holds, "holds", tuple(sorted({*READS_TRAIL, *CONFIRMERS})))]
