"""Forms of the tab of variants: a new one, a prompt that becomes one, taking one from its base, and what must
stand in all of them.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import Unacceptable
from portal.pages.base import Page
from portal.pages.common import actor_of, seen_prompt
from prompts.registry.drift import read_clauses
from prompts.registry.models import Dimension, Prompt
from prompts.registry.services.variants import create_variant, link_variant, set_clauses, unlink_variant

LONGEST = 100_000


def _tab(pk: int) -> HttpResponse:
    return redirect(f"{reverse('admin:prompt', args=[pk])}?tab=variants")


def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the variant and opens its draft."""
    actor, base = actor_of(request), seen_prompt(actor_of(request), pk)
    if request.method != "POST":
        return _tab(pk)
    row = create_variant(
        actor=actor,
        base_id=base.pk,
        dimensions=_dimensions(request),
        name=str(request.POST.get("name", "")).strip(),
    )
    messages.success(request, f"{row.prompt.name} was begun with the text of {base.name}.")
    return redirect("admin:draft", pk=row.prompt.versions.get(number=1).pk)


def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a prompt that is there a variant of this one."""
    actor, base = actor_of(request), seen_prompt(actor_of(request), pk)
    if request.method == "POST":
        name = str(request.POST.get("prompt", "")).strip()
        prompt = Prompt.objects.visible_to(actor).filter(name=name).first()
        if prompt is None:
            raise Unacceptable(f"There is no prompt {name[:200]!r} that you may see.", field="prompt")
        link_variant(actor=actor, prompt_id=prompt.pk, base_id=base.pk, dimensions=_dimensions(request))
        messages.success(request, f"{prompt.name} is a variant of {base.name} now.")
    return _tab(pk)


def _dimensions(request: HttpRequest) -> dict[str, str]:
    """The values that were chosen; a dimension without one is left out."""
    slugs = Dimension.objects.values_list("slug", flat=True)
    return {slug: value for slug in slugs if (value := str(request.POST.get(f"d-{slug}", "")))}


def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the variant a prompt of its own."""
    actor, prompt = actor_of(request), seen_prompt(actor_of(request), pk)
    if request.method == "POST":
        unlink_variant(actor=actor, prompt_id=prompt.pk, reason=str(request.POST.get("reason", "")).strip())
        messages.success(request, f"{prompt.name} is a prompt of its own now.")
    return _tab(pk)


def clauses(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets what must stand in the base and in every variant."""
    actor, base = actor_of(request), seen_prompt(actor_of(request), pk)
    if request.method == "POST":
        told = read_clauses(str(request.POST.get("clauses", ""))[:LONGEST])
        set_clauses(actor=actor, base_id=base.pk, clauses=told)
        messages.success(request, f"{len(told)} clause{'s' * (len(told) != 1)} must stand in every variant.")
    return _tab(pk)


PAGES = [
    Page("prompts/<int:pk>/variants/new", new, "variant-new", "signed-in"),
    Page("prompts/<int:pk>/variants/link", link, "variant-link", "signed-in"),
    Page("prompts/<int:pk>/variants/unlink", unlink, "variant-unlink", "signed-in"),
    Page("prompts/<int:pk>/variants/clauses", clauses, "variant-clauses", "signed-in"),
]
