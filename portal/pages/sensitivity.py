"""Sensitive prompts: the mark, the purpose that is asked for before the text, and who read it what for."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.roles import READS_TRAIL
from audits.ledger.models import Event
from audits.ledger.selectors import newest_checkpoint
from portal.middleware.purposes import remember
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt
from portal.selectors.trail_rows import stretch
from prompts.registry.events import SENSITIVE_READ
from prompts.registry.former_names import former_names_of
from prompts.registry.models import Prompt
from prompts.registry.policies import CollectionPolicy, PromptPolicy
from prompts.registry.sensitivity import is_sensitive, marked_fragments, marks_on
from prompts.registry.services.sensitivity import LONGEST_PURPOSE, end_sensitive, mark_sensitive
from prompts.registry.texts import check_text

MOST = 20
"""Fragments by which a prompt is sensitive that are named; the rest are counted."""


def purpose(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the answer and leads to what was asked for."""
    prompt = seen_prompt(actor_of(request), pk)
    back = str(request.POST.get("next", ""))
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    to = back if ours else f"{reverse('admin:prompt', args=[pk])}?tab=text"
    if request.method == "POST":
        given = str(request.POST.get("other", "")).strip() or str(request.POST.get("purpose", "")).strip()
        if not given:
            raise Unacceptable("Choose a purpose, or write one.", field="purpose")
        remember(request, prompt, check_text(given, "purpose", longest=LONGEST_PURPOSE))
    return redirect(to)


def sensitivity(request: HttpRequest, pk: int) -> HttpResponse:
    """The marks with their reasons, forms for whoever sets them, and the reads for whoever may see these."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    if request.method == "POST":
        return _set(request, actor, prompt)
    may_see = may_see_reads(actor, prompt)
    names = [prompt.name, *former_names_of([pk]).get(pk, [])]
    reads = Event.objects.filter(event=SENSITIVE_READ.name, subject_type="prompt", subject__in=names)
    page = stretch(reads if may_see else reads.none(), newest_checkpoint(), number(request.GET, "before"))
    marks = marks_on(prompt)
    inside = marked_fragments(Prompt.objects.all(), prompt).count()
    seen = list(marked_fragments(Prompt.objects.visible_to(actor), prompt)[:MOST])
    context = {
        "prompt": prompt,
        "marks": marks,
        "own": next((mark for mark in marks if mark.prompt_id), None),
        "inside": seen,
        "others": inside - len(seen),
        "is_sensitive": is_sensitive(prompt.pk),
        "above": next((mark for mark in marks if mark.collection_id), None),
        "may_mark": PromptPolicy(actor).may("mark_sensitive", prompt),
        "may_mark_all": CollectionPolicy(actor).may("mark_sensitive", prompt.collection),
        "may_see": may_see,
        "page": page,
        "rows": [(row, _what(row.event)) for row in page.rows],
    }
    crumbs = crumbs_of(prompt, ("Sensitive", None))
    return render_page(
        request, "portal/sensitivity.html", context, title=f"{prompt.name}: sensitive", crumbs=crumbs
    )


def _what(event: Event) -> str:
    """The address that was opened; empty where the content of the entry is erased."""
    return str(json.loads(event.payload or "{}").get("what", ""))


def may_see_reads(actor: Actor, prompt: Prompt) -> bool:
    """Readers of the whole trail, and whoever may mark the prompt."""
    return actor.has_role(*READS_TRAIL) or PromptPolicy(actor).may("mark_sensitive", prompt)


def _set(request: HttpRequest, actor: Actor, prompt: Prompt) -> HttpResponse:
    on = prompt.collection if request.POST.get("on") == "collection" else prompt
    act = end_sensitive if request.POST.get("act") == "end" else mark_sensitive
    act(actor=actor, on=on, reason=str(request.POST.get("reason", "")))
    told = "no longer marked" if act is end_sensitive else "marked"
    messages.success(request, f"{on} is {told} as sensitive.")
    return redirect("admin:prompt-sensitive", pk=prompt.pk)


PAGES = [
    Page("prompts/<int:pk>/purpose", purpose, "prompt-purpose"),
    Page("prompts/<int:pk>/sensitive/", sensitivity, "prompt-sensitive"),
]
