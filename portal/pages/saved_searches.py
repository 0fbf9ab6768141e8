"""Searches under a name: saved from the prompt list, whose address says all that a view is."""

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import NotThere, Unacceptable
from portal.pages.base import Page
from portal.pages.common import actor_of
from portal.selectors.prompt_filters import Filters
from prompts.registry.models import SavedSearch
from prompts.registry.services.watches import delete_search, save_search


def save(request: HttpRequest) -> HttpResponse:
    """Keeps the filters that the form carries, written anew so that nothing else comes with them."""
    if request.method != "POST":
        return redirect("admin:prompts")
    filters = Filters.read(dict(parse_qsl(str(request.POST.get("query", ""))[:4000].lstrip("?"))))
    link = filters.link()
    if link == "?":
        raise Unacceptable("There is nothing to keep: search or filter first.", field="query")
    name, is_shared = str(request.POST.get("name", "")).strip(), "shared" in request.POST
    save_search(actor=actor_of(request), name=name, query=link, is_shared=is_shared)
    messages.success(request, f"Kept as {name}.")
    return redirect(reverse("admin:prompts") + link)


def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Deletes one of the person's own."""
    actor = actor_of(request)
    if not SavedSearch.objects.filter(pk=pk, user=actor.user).exists():
        raise NotThere("You keep no such search.")
    if request.method == "POST":
        delete_search(actor=actor, search_id=pk)
        messages.success(request, "Forgotten.")
    return redirect("admin:prompts")


PAGES = [
    Page("prompts/searches/save", save, "search-save", "signed-in"),
    Page("prompts/searches/<int:pk>/forget", forget, "search-forget", "signed-in"),
]
