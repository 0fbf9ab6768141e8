"""Near-duplicates merged: a passage becomes a fragment, and prompts include it in place of their words."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.errors import GovernedError, NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, keys_of, seen_prompt
from portal.services.merge_passage import MOST, chosen_prompts, holders, merge_passage, passages_of, take_in
from portal.services.propose_versions import Proposed
from prompts.registry.models import Kind
from prompts.registry.querysets import collections_with


def merge(request: HttpRequest) -> HttpResponse:
    """What the chosen prompts have in common, one of which becomes a fragment."""
    actor = actor_of(request)
    posted = request.method == "POST"
    keys = keys_of((request.POST if posted else request.GET).getlist("prompt"), MOST + 1)
    found = chosen_prompts(actor, keys)
    passages = passages_of(actor, keys)
    fault: GovernedError | None = None
    given = str(request.POST.get("name", "")).strip()
    if posted:
        typed = str(request.POST.get("passage", ""))
        chosen = keys_of([typed], 1)
        passage = passages[chosen[0]] if chosen and chosen[0] < len(passages) else ""
        try:
            prompt = merge_passage(actor=actor, prompt_ids=keys, passage=passage, name=given)
        except GovernedError as error:
            if error.status in {403, 404} and error.field != "name":
                raise
            fault = error
        else:
            told = "The fragment was begun. When it is frozen, its page offers to put it in place."
            messages.success(request, told)
            return redirect("admin:draft", pk=prompt.versions.get(number=1).pk)
    first = found[0][0]
    context = {
        "found": found,
        "passages": passages,
        "may_write": collections_with(actor, "write").exists(),
        "given": given or f"{first.collection.slug}/",
        "fault": fault,
    }
    crumbs = [("Near-duplicates", None), ("Merge", None)]
    status = fault.status if fault else 200
    return render_page(
        request, "portal/merge.html", context, title="Merge into a fragment", crumbs=crumbs, status=status
    )


def put_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The prompts that hold the fragment's words; a form begins a draft for each chosen one."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    if prompt.kind != Kind.FRAGMENT:
        raise NotThere("This prompt is no fragment.")
    done: list[Proposed] = []
    if request.method == "POST":
        keys = keys_of(request.POST.getlist("prompt"), 200)
        done = take_in(actor=actor, fragment_id=prompt.pk, prompt_ids=keys)
    newest, rows = holders(actor, prompt)
    begun = {row.prompt.pk for row in done}
    rows = [row for row in rows if row[0].pk not in begun]
    context = {
        "prompt": prompt,
        "newest": newest,
        "rows": rows,
        "choosable": any(not row[2] for row in rows),
        "done": done,
    }
    crumbs = crumbs_of(prompt, ("Put in place", None))
    title = f"{prompt.name}: put in place"
    return render_page(request, "portal/put_in.html", context, title=title, crumbs=crumbs)


PAGES = [
    Page("duplicates/merge", merge, "merge", "signed-in"),
    Page("prompts/<int:pk>/put-in", put_in, "fragment-put-in", "signed-in"),
]
