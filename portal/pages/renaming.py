"""Giving a prompt another name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.errors import GovernedError
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, seen_prompt
from prompts.registry.policies import PromptPolicy
from prompts.registry.services.rename import rename_prompt, why_not_rename


def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands against it, or a form with the new name and a reason."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    PromptPolicy(actor).require("write", prompt)
    fault: GovernedError | None = None
    given = {name: str(request.POST.get(name, "")).strip() for name in ("name", "reason")}
    if request.method == "POST":
        before = prompt.name
        try:
            done = rename_prompt(actor=actor, prompt_id=prompt.pk, **given)
            messages.success(request, f"{before} is called {done.name} now.")
            return redirect("admin:prompt", pk=prompt.pk)
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
    context = {"prompt": prompt, "why_not": why_not_rename(actor, prompt), "fault": fault, "given": given}
    crumbs = crumbs_of(prompt, ("Rename", None))
    status = fault.status if fault else 200
    title = f"{prompt.name}: rename"
    return render_page(request, "portal/rename.html", context, title=title, crumbs=crumbs, status=status)


PAGES = [Page("prompts/<int:pk>/rename", rename, "prompt-rename", "signed-in")]
