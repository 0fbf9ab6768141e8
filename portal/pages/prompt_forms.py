"""Writing a new prompt, and editing what is said about one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, Refused
from audits.identity.models import User
from audits.identity.roles import WRITERS
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, seen_prompt
from portal.pages.forms import DescriptionForm, NewPromptForm
from prompts.registry.policies import PromptPolicy
from prompts.registry.querysets import collections_with
from prompts.registry.selectors import completeness_of
from prompts.registry.services.prompts import create_prompt, edit_prompt


def _people() -> list[User]:
    """Names offered for an owner; anybody else can be typed."""
    return list(User.objects.filter(is_active=True).order_by("full_name")[:200])


def new(request: HttpRequest) -> HttpResponse:
    """The form of a new prompt; with the first text it becomes draft version 1."""
    actor = actor_of(request)
    collections = collections_with(actor, "write")
    if not actor.has_role(*WRITERS) or not collections.exists():
        raise Refused("Writing needs the role engineer or steward, and a collection that you may write in.")
    start = collections.filter(slug=str(request.GET.get("collection", ""))[:80]).first()
    given = request.POST if request.method == "POST" else None
    form = NewPromptForm(given, collections=collections, initial={"collection": start, "owner": actor.name})
    if given is not None and form.is_valid():
        told = {**form.cleaned_data}
        collection, leaf = told.pop("collection"), told.pop("leaf").strip().strip("/")
        name = f"{collection.slug}/{leaf.removeprefix(f'{collection.slug}/')}"
        text = told.pop("text")
        if told["kind"] == "chat":
            told["messages"] = [{"role": "system", "content": text}]
        else:
            told["text"] = text
        try:
            prompt = create_prompt(actor=actor, name=name, collection=collection, **told)
        except GovernedError as error:
            form.blame(error)
        else:
            messages.success(request, f"{prompt.name} was created; its first text is a draft.")
            draft = prompt.versions.order_by("-number").first()
            return redirect(
                reverse("admin:draft", args=[draft.pk])
                if draft
                else reverse("admin:prompt", args=[prompt.pk])
            )
    context = {"form": form, "people": _people(), "new": True}
    crumbs = [("Prompts", reverse("admin:prompts")), ("Write a prompt", None)]
    status = 400 if form.errors else 200
    return render_page(
        request, "portal/prompt_form.html", context, title="Write a prompt", crumbs=crumbs, status=status
    )


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The description of a prompt: every change stands in its history."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    PromptPolicy(actor).require("document", prompt)
    form = DescriptionForm(request.POST if request.method == "POST" else None, instance=prompt)
    if request.method == "POST" and form.is_valid():
        try:
            edit_prompt(actor=actor, prompt_id=prompt.pk, changes=form.changes())
        except GovernedError as error:
            form.blame(error)
        else:
            messages.success(request, f"The description of {prompt.name} was saved.")
            return redirect("admin:prompt", pk=prompt.pk)
    context = {
        "form": form,
        "people": _people(),
        "prompt": prompt,
        "docs": completeness_of(prompt),
        "new": False,
        "may_write": PromptPolicy(actor).may("write", prompt),
    }
    crumbs = crumbs_of(prompt, ("Description", None))
    status = 400 if form.errors else 200
    title = f"{prompt.name}: description"
    return render_page(request, "portal/prompt_form.html", context, title=title, crumbs=crumbs, status=status)


PAGES = [
    Page("prompts/new", new, "prompt-new", "signed-in"),
    Page("prompts/<int:pk>/edit", edit, "prompt-edit", "signed-in"),
]
