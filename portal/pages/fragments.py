"""Fragments: the graph of who includes them, and new versions proposed for those who are behind."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.identity.errors import NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, keys_of, number, seen_prompt
from portal.selectors.fragment_graph import WIDTH, graph_of
from portal.selectors.fragment_users import candidates
from portal.services.propose_versions import Proposed, propose_versions
from prompts.registry.models import Kind
from prompts.releases.selectors import version_states

MOST_CHOSEN = 500


def fragments(request: HttpRequest) -> HttpResponse:
    """The graph; ``of`` narrows it to one fragment."""
    actor = actor_of(request)
    wanted = number(request.GET, "of")
    focus = seen_prompt(actor, wanted) if wanted else None
    context = {"graph": graph_of(actor, focus), "focus": focus, "box": WIDTH}
    crumbs = [("Prompts", reverse("admin:prompts")), ("Fragments", reverse("admin:fragments"))]
    if focus is not None:
        crumbs.append((focus.name, ""))
    title = f"{focus.name}: graph" if focus is not None else "Fragments"
    shown = [(text, address or None) for text, address in crumbs]
    return render_page(request, "portal/fragments.html", context, title=title, crumbs=shown)


def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The users that are behind; a form begins a draft for each chosen one and tells what became of it."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    if prompt.kind != Kind.FRAGMENT:
        raise NotThere("This prompt is no fragment.")
    done: list[Proposed] = []
    if request.method == "POST":
        keys = keys_of(request.POST.getlist("prompt"), MOST_CHOSEN)
        done = propose_versions(actor=actor, fragment_id=prompt.pk, prompt_ids=keys)
    newest, rows = candidates(actor, prompt)
    begun = {row.prompt.pk for row in done}
    rows = [row for row in rows if row.prompt.pk not in begun]
    context = {
        "prompt": prompt,
        "newest": newest,
        "state": version_states(prompt).get(newest.pk, "") if newest is not None else "",
        "rows": rows,
        "choosable": any(not row.why_not for row in rows),
        "done": done,
    }
    crumbs = crumbs_of(prompt, ("Propose new versions", None))
    title = f"{prompt.name}: propose new versions"
    return render_page(request, "portal/propose.html", context, title=title, crumbs=crumbs)


PAGES = [
    Page("fragments/", fragments, "fragments", "signed-in"),
    Page("prompts/<int:pk>/propose", propose, "fragment-propose", "signed-in"),
]
