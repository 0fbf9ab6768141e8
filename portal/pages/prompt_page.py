"""One page per prompt: the head, and of its parts only the one that is open."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.adminkit.lookups import is_key
from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.models import User
from portal.pages import prompt_forms
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, seen_prompt
from portal.selectors import tabs
from portal.selectors import variant_rows as variants
from portal.selectors.discussion_rows import discussion_tab
from portal.selectors.prompt_head import Head, head_of
from prompts.registry.models import Prompt
from prompts.registry.policies import PromptPolicy
from prompts.registry.services.grants import grant_right, revoke_right

Part = Callable[[Actor, Prompt, Head, Any], dict[str, Any]]

TABS: dict[str, tuple[str, Part]] = {
    "summary": ("Summary", tabs.summary),
    "text": ("Text", tabs.text),
    "variants": ("Variants", variants.variants_tab),
    "evaluations": ("Evaluations", tabs.evaluations),
    "use": ("Use", tabs.use),
    "approvals": ("Approvals", tabs.approvals),
    "discussion": ("Discussion", discussion_tab),
    "access": ("Access", tabs.access),
    "audit": ("Audit", tabs.audit),
}


def prompt_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The open tab's part alone is loaded; an unknown tab shows the summary."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    tab = request.GET.get("tab", "summary")
    tab = tab if tab in TABS else "summary"
    head = head_of(actor, prompt)
    context = {
        "head": head,
        "prompt": prompt,
        "stewards": [str(row.user) for row in prompt.stewards.select_related("user")],
        "tabs": [(slug, word) for slug, (word, _) in TABS.items()],
        "tab": tab,
        "part": f"portal/tabs/{tab}.html",
        **TABS[tab][1](actor, prompt, head, request.GET),
    }
    title = prompt.name if tab == "summary" else f"{prompt.name}: {TABS[tab][0].lower()}"
    return render_page(request, "portal/prompt_page.html", context, title=title, crumbs=crumbs_of(prompt))


def access(request: HttpRequest, pk: int) -> HttpResponse:
    """Grants a right on the prompt, or takes one away; the services ask whether the person may."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    if request.method == "POST":
        PromptPolicy(actor).require(
            "grant", prompt
        )  # before anybody is looked up: names are told to no other
        right = str(request.POST.get("right", ""))
        holder = _holder(str(request.POST.get("who", "")))
        change = revoke_right if "revoke" in request.POST else grant_right
        change(actor=actor, user_or_group=holder, right=right, on=prompt)
        messages.success(
            request, f"{holder} may {'no longer ' if change is revoke_right else ''}{right} {prompt.name}."
        )
    return redirect(f"{reverse('admin:prompt', args=[prompt.pk])}?tab=access")


def _holder(text: str) -> User | Group:
    """``user:7``, ``group:3``, or a user name as somebody typed it."""
    kind, _, key = text.partition(":")
    if kind == "group" and is_key(key):
        found: User | Group | None = Group.objects.filter(pk=int(key), name__startswith="team:").first()
    elif kind == "user" and is_key(key):
        found = User.objects.filter(pk=int(key)).first()
    else:
        found = User.objects.filter(username__iexact=text.strip()).first()
    if found is None and not text.strip():
        raise Unacceptable("Name a person or a team.", field="who")
    if found is None:
        raise NotThere(f"There is no person or team {text!r}.")
    return found


PAGES = [
    Page("prompts/<int:pk>/", prompt_page, "prompt", "signed-in"),
    Page("prompts/<int:pk>/access", access, "prompt-access", "signed-in"),
    *prompt_forms.PAGES,
]
