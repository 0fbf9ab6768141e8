"""Evaluations: the dashboard, a suite with its cases, and a run with its results."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.identity.errors import NotThere
from audits.identity.roles import ADMINISTRATOR, EVALUATORS
from portal.pages import (
    by_group,
    calibration,
    costs,
    matrix,
    measures,
    ready_suites,
    recorded_outputs,
    runs,
    suite_trend,
    suite_upload,
)
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.selectors.evaluation_rows import dashboard
from portal.services.watch_schedules import watch_schedules
from prompts.evaluations.models import Run, Suite
from prompts.evaluations.policies import ProviderPolicy, SuitePolicy


def evaluations(request: HttpRequest) -> HttpResponse:
    """Last runs, what fails, what runs by itself."""
    actor = actor_of(request)
    watch_schedules()
    context = {**dashboard(actor), "may_write": actor.has_role(*EVALUATORS, ADMINISTRATOR)}
    context["may_configure"] = ProviderPolicy(actor).may("configure")
    return render_page(
        request, "portal/evaluations.html", context, title="Evaluations", crumbs=[("Evaluations", None)]
    )


def suite(request: HttpRequest, pk: int) -> HttpResponse:
    """A suite: what it asks, and the newest runs of it."""
    actor = actor_of(request)
    row = Suite.objects.visible_to(actor).select_related("collection").filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such suite, or you may not see it.")
    context = {
        "suite": row,
        "may_write": SuitePolicy(actor).may("write", row),
        "cases": row.cases.filter(is_active=True).order_by("position", "pk")[:300],
        "runs": Run.objects.visible_to(actor)
        .filter(suite=row)
        .light()
        .select_related("requested_by")
        .order_by("-pk")[:20],
    }
    crumbs = [("Suites", reverse("admin:evaluations_suite_changelist")), (row.title, None)]
    return render_page(request, "portal/suite.html", context, title=row.title, crumbs=crumbs)


PAGES = [
    Page("evaluations/", evaluations, "evaluations", "signed-in"),
    Page("evaluations/suites/<int:pk>/", suite, "suite", "signed-in"),
    *costs.PAGES,
    *suite_trend.PAGES,
    *suite_upload.PAGES,
    *ready_suites.PAGES,
    *recorded_outputs.PAGES,
    *runs.PAGES,
    *matrix.PAGES,
    *measures.PAGES,
    *by_group.PAGES,
    *calibration.PAGES,
]
