"""A suite's cases about people of each group: looked at first, then written into a suite beside it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, NotThere, Refused
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from prompts.evaluations.fairness.expansion import MOST_VALUES
from prompts.evaluations.fairness.word_lists import DIMENSIONS, read_lists
from prompts.evaluations.models import Suite
from prompts.evaluations.own_lists import list_names, lists_named
from prompts.evaluations.policies import SuitePolicy
from prompts.evaluations.services.expand_suite import expand_suite, expanded
from prompts.evaluations.services.suite_from_file import changes_by
from prompts.evaluations.suite_files import SuiteFile

SHOWN = 60


def by_group(request: HttpRequest, pk: int) -> HttpResponse:
    """What to swap; then the cases that would be written; then they are."""
    actor = actor_of(request)
    suite = Suite.objects.visible_to(actor).select_related("collection").filter(pk=pk).first()
    if suite is None:
        raise NotThere("There is no such suite, or you may not see it.")
    given = request.POST if request.method == "POST" else QueryDict()
    chosen = given.getlist("dimension") or list(DIMENSIONS)
    context: dict[str, Any] = {
        "suite": suite,
        "may_write": SuitePolicy(actor).may("write", suite),
        "dimensions": [(name, name in chosen) for name in DIMENSIONS],
        "languages": list_names(),
        "language": given.get("language", "en"),
        "per_group": number(given, "per_group") or 2,
        "most": MOST_VALUES,
        "own": given.get("own", ""),
    }
    if given:
        try:
            file = _file(suite, chosen, given)
            name = str(given.get("name", "")).strip() or file.name
            if "confirm" in given:
                made = expand_suite(actor=actor, suite=suite, file=file, name=name)
                messages.success(request, f"{len(file.cases):,} cases are in {made.name}.")
                return redirect("admin:suite", pk=made.pk)
            context |= _preview(suite, file, name, Suite.objects.visible_to(actor).filter(name=name).first())
        except Refused:
            raise
        except GovernedError as error:
            context["fault"] = error.message
    crumbs: Trail = [
        ("Suites", reverse("admin:evaluations_suite_changelist")),
        (suite.title, reverse("admin:suite", args=[suite.pk])),
        ("By group", None),
    ]
    return render_page(request, "portal/by_group.html", context, title="By group", crumbs=crumbs)


def _file(suite: Suite, chosen: list[str], given: QueryDict) -> SuiteFile:
    own = str(given.get("own", "")).strip()
    lists = read_lists(own) if own else lists_named(str(given.get("language", "en")))
    return expanded(suite, lists=lists, dimensions=chosen, per_group=number(given, "per_group") or 2)


def _preview(suite: Suite, file: SuiteFile, name: str, there: Suite | None) -> dict[str, Any]:
    families = {tag for case in file.cases for tag in case["tags"] if tag.startswith("family:")}
    return {
        "file": file,
        "name": name,
        "there": there,
        "changes": changes_by(suite=there, file=file),
        "families": len(families),
        "placebos": sum("placebo" in case["tags"] for case in file.cases),
        "cases": file.cases[:SHOWN],
        "more": max(0, len(file.cases) - SHOWN),
    }


PAGES = [Page("evaluations/suites/<int:pk>/by-group/", by_group, "suite-by-group", "signed-in")]
