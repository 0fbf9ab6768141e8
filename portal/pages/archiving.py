"""Archiving one prompt, and taking it back into use."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.errors import GovernedError
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, seen_prompt
from portal.services.archive import archive_unused, in_use
from prompts.registry.policies import PromptPolicy
from prompts.registry.services.prompts import unarchive_prompt


def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """What it means and what stands against it; a form with a reason does it."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    PromptPolicy(actor).require("write", prompt)
    fault: GovernedError | None = None
    if request.method == "POST":
        reason = str(request.POST.get("reason", "")).strip()
        try:
            if prompt.archived_at is None:
                archive_unused(actor=actor, prompt_id=prompt.pk, reason=reason)
                messages.success(request, f"{prompt.name} is archived.")
            else:
                unarchive_prompt(actor=actor, prompt_id=prompt.pk, reason=reason)
                messages.success(request, f"{prompt.name} is in use again.")
            return redirect("admin:prompt", pk=prompt.pk)
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
    context = {
        "prompt": prompt,
        "why_not": "" if prompt.archived_at else in_use(actor, prompt.pk),
        "fault": fault,
        "given": str(request.POST.get("reason", "")),
    }
    word = "Take back into use" if prompt.archived_at else "Archive"
    crumbs = crumbs_of(prompt, (word, None))
    status = fault.status if fault else 200
    return render_page(
        request, "portal/archive.html", context, title=f"{prompt.name}: archive", crumbs=crumbs, status=status
    )


PAGES = [Page("prompts/<int:pk>/archive", archive, "prompt-archive", "signed-in")]
