"""The state of verification: whether the log is sound, who says so since when, and what comes next."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.exports.services.verify_trail import LARGEST
from audits.identity.roles import READS_TRAIL
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.selectors.verification_state import verification_state


def verification(request: HttpRequest) -> HttpResponse:
    """One page; a reload shows how far a running one has come."""
    state = verification_state(actor_of(request))
    head = state.trail.head
    is_long = head is not None and head.size > LARGEST
    context = {"found": state, "state": state.trail, "is_long": is_long, "most": LARGEST}
    crumbs = [("Audit trail", reverse("admin:trail")), ("Verification", None)]
    return render_page(request, "portal/verification.html", context, title="Verification", crumbs=crumbs)


PAGES = [Page("trail/verification/", verification, "trail-verification", tuple(sorted(READS_TRAIL)))]
