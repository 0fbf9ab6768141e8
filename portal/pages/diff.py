"""Two versions beside each other, and one version by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt, seen_version
from portal.selectors.diff_parts import Side, changed_lines, parts_between
from prompts.releases.models import Release


def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """``a`` against ``b``; without them the live version (or the one before) against the newest."""
    prompt = seen_prompt(actor_of(request), pk)
    versions = list(prompt.versions.order_by("-number")[:200])
    by_number = {version.number: version for version in versions}
    right = by_number.get(number(request.GET, "b") or 0) or (versions[0] if versions else None)
    left = by_number.get(number(request.GET, "a") or 0)
    if left is None and right is not None:
        live = Release.objects.filter(prompt=prompt, state="live").order_by("-environment__rank")
        numbers = [*live.values_list("version__number", flat=True), right.number - 1]
        left = next((by_number[n] for n in numbers if n in by_number and n != right.number), None)
    parts = parts_between(Side.of_version(left), Side.of_version(right)) if left and right else None
    context = {
        "prompt": prompt,
        "versions": versions,
        "left": left,
        "right": right,
        "parts": parts,
        "lines": changed_lines(parts),
    }
    crumbs = crumbs_of(prompt, ("Compare", None))
    return render_page(
        request, "portal/compare.html", context, title=f"{prompt.name}: compare", crumbs=crumbs
    )


def version(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of one version: its text on the prompt's page."""
    row = seen_version(actor_of(request), pk)
    return redirect(f"{reverse('admin:prompt', args=[row.prompt_id])}?tab=text&version={row.number}")


PAGES = [
    Page("prompts/<int:pk>/compare/", compare, "compare", "signed-in"),
    Page("versions/<int:pk>/", version, "version", "signed-in"),
]
