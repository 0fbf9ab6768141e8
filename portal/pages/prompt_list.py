"""The repository: every prompt that the person may see, searched and filtered by the address."""

from django.http import HttpRequest, HttpResponse

from audits.identity.roles import WRITERS
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.selectors.prompt_filters import STATES, Filters
from portal.selectors.prompt_rows import choices, listing, saved_searches
from prompts.registry.models import Kind, Prompt, RiskTier
from prompts.registry.paging import LONGEST_PLACE
from prompts.registry.querysets import collections_with


def prompts(request: HttpRequest) -> HttpResponse:
    """One page of the list."""
    actor, filters = actor_of(request), Filters.read(request.GET)
    seen = Prompt.objects.all().seen_by_key(actor)
    page = listing(actor, filters, seen, str(request.GET.get("after", ""))[:LONGEST_PLACE])
    context = {
        "filters": filters,
        "page": page,
        "set_ones": filters.set_ones(),
        "choices": choices(actor, filters, seen),
        "kinds": Kind.choices,
        "tiers": RiskTier.choices,
        "states": STATES.items(),
        "may_write": actor.has_role(*WRITERS) and collections_with(actor, "write").exists(),
        "saved": saved_searches(actor),
        "is_first": not request.GET.get("after"),
    }
    return render_page(
        request, "portal/prompt_list.html", context, title="Prompts", crumbs=[("Prompts", None)]
    )


PAGES = [
    Page("prompts/", prompts, "prompts", "signed-in"),
]
