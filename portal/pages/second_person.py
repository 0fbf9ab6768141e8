"""Everything about gates and releases that one person began and another one must decide."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.errors import Unacceptable
from portal.pages.base import Page, came_from, render_page
from portal.pages.common import actor_of, number
from portal.selectors.gate_rows import changes_of
from portal.selectors.second_rows import adoptions_for, emergencies_for
from prompts.registry.models import Environment
from prompts.releases.policies import GatePolicyRules
from prompts.releases.services.adoption import confirm_adoption, refuse_adoption
from prompts.releases.services.gate_changes import confirm_gate_change, refuse_gate_change

TITLE = "Waiting for a second person"


def second_person(request: HttpRequest) -> HttpResponse:
    """What waits, for whoever may know of it; a form says yes or no and leads back to where it stood."""
    actor = actor_of(request)
    if request.method == "POST":
        _decide(request)
        return redirect(came_from(request))
    reads_gates = actor.has_role(*GatePolicyRules.READERS)
    context = {
        "changes": changes_of(actor, Environment.objects.all()) if reads_gates else [],
        "emergencies": emergencies_for(actor),
        "adoptions": adoptions_for(actor),
    }
    return render_page(request, "portal/second_person.html", context, title=TITLE, crumbs=[(TITLE, None)])


def _decide(request: HttpRequest) -> None:
    actor, data = actor_of(request), request.POST
    row, reason = number(data, "row") or 0, str(data.get("reason", ""))
    what = (data.get("kind"), data.get("act"))
    if what == ("gate", "confirm"):
        gate = confirm_gate_change(actor=actor, change_id=row)
        messages.success(request, f"Confirmed: the gate {gate} asks for it from now on.")
    elif what == ("gate", "refuse"):
        refuse_gate_change(actor=actor, change_id=row, reason=reason)
        messages.success(request, "Refused; the gate stays as it is.")
    elif what == ("adoption", "confirm"):
        made, left_out = confirm_adoption(actor=actor, adoption_id=row)
        messages.success(request, f"{len(made)} taken on as inherited.")
        for name, why in left_out[:20]:
            messages.error(request, f"{name} was left out: {why}")
    elif what == ("adoption", "refuse"):
        refuse_adoption(actor=actor, adoption_id=row, reason=reason)
        messages.success(request, "Refused; nothing was taken on.")
    else:
        raise Unacceptable("Choose yes or no.", field="act")


PAGES = [Page("releases/second-person/", second_person, "second-person")]
