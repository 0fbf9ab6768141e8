"""Names for the search field while somebody types."""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from portal.pages.base import Page
from portal.pages.common import actor_of
from portal.selectors.prompt_filters import Filters
from prompts.registry.search import search_prompts

SUGGESTED = 8


def suggest(request: HttpRequest) -> JsonResponse:
    """Names for the search field while somebody types: JSON, and nothing that the person may not see."""
    actor, text = actor_of(request), Filters.read(request.GET).q
    found = list(search_prompts(actor, text)[:SUGGESTED]) if text else []
    data = [
        {"name": row.name, "kind": row.get_kind_display(), "url": reverse("admin:prompt", args=[row.pk])}
        for row in found
    ]
    return JsonResponse({"data": data})


PAGES = [
    Page("search/suggest", suggest, "search-suggest", "signed-in"),
]
