"""Every move of a prompt's pointers, and any two of its releases beside each other."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt
from portal.selectors.diff_parts import Side, changed_lines, parts_between
from portal.selectors.prompt_head import rights
from portal.selectors.release_sides import side_of
from prompts.registry.models import Environment, Prompt
from prompts.releases.models import Release

MOST = 200


def release_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The moves, newest first; ``a`` and ``b`` (keys of releases) are compared: text, evidence, who and
    when.
    """
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    rows = Release.objects.filter(prompt=prompt).select_related(
        "version", "environment", "replaced", "released_by", "schedule", "emergency"
    )
    where = str(request.GET.get("environment", ""))[:40]
    moves = rows.filter(environment__slug=where) if where else rows
    shown = list(moves.defer("version__canonical", "replaced__canonical").order_by("-pk")[:MOST])
    pair = [rows.filter(pk=number(request.GET, name) or 0).first() for name in ("a", "b")]
    context: dict[str, Any] = {
        "prompt": prompt,
        "moves": shown,
        "places": Environment.objects.order_by("rank"),
        "environment": where,
        "may": rights(actor, prompt),
        "a": request.GET.get("a", ""),
        "b": request.GET.get("b", ""),
        **_compared(prompt, pair),
    }
    crumbs = crumbs_of(prompt, ("Releases", None))
    title = f"{prompt.name}: releases"
    return render_page(request, "portal/release_history.html", context, title=title, crumbs=crumbs)


def _compared(prompt: Prompt, pair: list[Release | None]) -> dict[str, Any]:
    """The two sides with the older release at the left, and the difference of their texts."""
    first, second = pair
    if first is None or second is None or first.pk == second.pk:
        return {}
    left, right = sorted((first, second), key=lambda release: release.pk)
    parts = parts_between(Side.of_version(left.version), Side.of_version(right.version))
    return {"sides": [side_of(left), side_of(right)], "parts": parts, "lines": changed_lines(parts)}


PAGES = [Page("prompts/<int:pk>/releases/", release_history, "release-history")]
