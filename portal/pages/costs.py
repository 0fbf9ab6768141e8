"""What evaluations cost, by month, provider and prompt."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.identity.roles import ADMINISTRATOR
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.selectors.cost_rows import costs


def cost_page(request: HttpRequest) -> HttpResponse:
    """Sums of what the person may see, with filters."""
    told = {name: str(request.GET.get(name, ""))[:255] for name in ("provider", "prompt", "month")}
    crumbs = [("Evaluations", reverse("admin:evaluations")), ("Costs", None)]
    actor = actor_of(request)
    context = {**costs(actor, **told), "may_set": actor.has_role(ADMINISTRATOR)}
    return render_page(request, "portal/costs.html", context, title="Costs of evaluations", crumbs=crumbs)


PAGES = [Page("evaluations/costs/", cost_page, "evaluation-costs", "signed-in")]
