"""The content of entries that somebody asked to have erased: proposed by one person, confirmed by another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.exports.policies import ErasurePolicy
from audits.exports.selectors import erasure_proposals
from audits.exports.services.erasures import confirm_erasure, propose_erasure, refuse_erasure
from audits.identity.errors import Unacceptable
from audits.identity.roles import CONFIRMERS, READS_TRAIL
from audits.ledger.services.erase_payloads import MOST, in_words
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number

TITLE = "Erasures"


def erasures(request: HttpRequest) -> HttpResponse:
    """What waits and what was decided, and the form to propose another one."""
    actor = actor_of(request)
    if request.method == "POST":
        _act(request)
        return redirect("admin:erasures")
    policy = ErasurePolicy(actor)
    rows = [
        (row, in_words(row.positions), policy.why_not("confirm", row), policy.may("refuse", row))
        for row in erasure_proposals()
    ]
    context = {
        "open": [row for row in rows if row[0].state == "open"],
        "decided": [row for row in rows if row[0].state != "open"],
        "may_propose": policy.may("propose"),
        "positions": request.GET.get("positions", "")[:60],
        "most": MOST,
    }
    crumbs = [("Audit trail", "admin:trail"), (TITLE, None)]
    return render_page(request, "portal/erasures.html", context, title=TITLE, crumbs=crumbs)


def _act(request: HttpRequest) -> None:
    actor, data = actor_of(request), request.POST
    row, reason = number(data, "row") or 0, str(data.get("reason", ""))
    match data.get("act"):
        case "propose":
            propose_erasure(actor=actor, positions=str(data.get("positions", "")), reason=reason)
            messages.success(request, "Proposed: somebody else has to confirm it.")
        case "confirm":
            event = confirm_erasure(actor=actor, proposal_id=row)
            messages.success(request, f"The content of {event.subject} is erased.")
        case "refuse":
            refuse_erasure(actor=actor, proposal_id=row, reason=reason)
            messages.success(request, "Refused; nothing was erased.")
        case _:
            raise Unacceptable("Choose yes or no.", field="act")


PAGES = [Page("trail/erasures/", erasures, "erasures", tuple(sorted({*READS_TRAIL, *CONFIRMERS})))]
