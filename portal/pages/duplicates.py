"""Near-duplicates in the whole library, and two prompts' newest texts beside each other."""

from django.http import HttpRequest, HttpResponse

from audits.identity.errors import NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt
from portal.selectors.diff_parts import Side, changed_lines, parts_between
from prompts.registry.duplicates import duplicate_groups, likeness_of, near_duplicates
from prompts.registry.selectors import newest_version

SHOWN = 50
PAIRS_SHOWN = 8
MEMBERS_SHOWN = 12


def duplicates(request: HttpRequest) -> HttpResponse:
    """Groups, the biggest first, with the likest pairs of each."""
    groups = duplicate_groups(actor_of(request))
    context = {
        "groups": [
            (group, group.prompts[:MEMBERS_SHOWN], group.pairs[:PAIRS_SHOWN]) for group in groups[:SHOWN]
        ],
        "count": len(groups),
        "prompts": sum(len(group.prompts) for group in groups),
        "shown": SHOWN,
    }
    crumbs = [("Near-duplicates", None)]
    return render_page(request, "portal/duplicates.html", context, title="Near-duplicates", crumbs=crumbs)


def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """The prompt's newest text against that of ``other``; without it, against its likest near-duplicate."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    near = near_duplicates(actor, prompt)
    wanted = number(request.GET, "other")
    if request.GET.get("other") and wanted is None:
        raise NotThere("There is no such prompt, or you may not see it.")
    other = seen_prompt(actor, wanted) if wanted is not None else near[0][0] if near else None
    left = newest_version(prompt)
    right = newest_version(other) if other is not None else None
    parts = parts_between(Side.of_version(left), Side.of_version(right)) if left and right else None
    context = {
        "prompt": prompt,
        "other": other,
        "near": near,
        "left": left,
        "right": right,
        "alike": likeness_of(left.text, right.text) if left and right else 0,
        "parts": parts,
        "lines": changed_lines(parts),
    }
    crumbs = crumbs_of(prompt, ("Beside another prompt", None))
    title = f"{prompt.name} beside {other.name}" if other is not None else f"{prompt.name} beside others"
    return render_page(request, "portal/beside.html", context, title=title, crumbs=crumbs)


PAGES = [
    Page("duplicates/", duplicates, "duplicates", "signed-in"),
    Page("prompts/<int:pk>/beside/", beside, "beside", "signed-in"),
]
