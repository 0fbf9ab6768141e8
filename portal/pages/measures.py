"""What was measured over a run: differences between groups of people, refusals, consistency."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.exports.formats import csv_line
from audits.identity.errors import Conflict, NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of
from portal.pages.runs import seen_run
from portal.selectors.measure_rows import COLUMNS, lines_of, parts_of
from prompts.evaluations.services.measure_run import measure_run


def measures(request: HttpRequest, pk: int) -> HttpResponse:
    """The report in words and figures; a run that is not over says so."""
    actor = actor_of(request)
    run = seen_run(actor, pk)
    context: dict[str, Any] = {"run": run, "prompt": run.prompt}
    try:
        found = measure_run(actor=actor, run=run)
        context |= {"found": found, "parts": parts_of(found.report)}
    except Conflict as error:
        context["why_not"] = error.message
    crumbs: Trail = [
        ("Evaluations", reverse("admin:evaluations")),
        (run.prompt.name, reverse("admin:prompt", args=[run.prompt_id]) + "?tab=evaluations"),
        (f"run {run.pk}", reverse("admin:run", args=[run.pk])),
        ("Measures", None),
    ]
    title = f"Measures of {run.suite.title} on {run.prompt.name}"
    return render_page(request, "portal/measures.html", context, title=title, crumbs=crumbs)


def download(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report as JSON, or its figures as CSV, one on each line."""
    actor = actor_of(request)
    run = seen_run(actor, pk)
    if form not in {"csv", "json"}:
        raise NotThere("Measures are downloaded as csv or json.")
    try:
        found = measure_run(actor=actor, run=run)
    except Conflict:
        return redirect("admin:run-measures", pk=pk)  # the page says why there is no file yet
    about = {"run": run.pk, "prompt": run.prompt.name, "version": run.version.number,
             "digest": run.version_digest, "suite": run.suite.name,
             "results_digest": found.results_digest}  # fmt: skip
    if form == "json":
        response = HttpResponse(
            json.dumps({**about, "measures": found.report}, ensure_ascii=False, indent=1),
            content_type="application/json",
        )
    else:
        lines = [csv_line((*about, *COLUMNS))]
        for line in lines_of(found.report):
            lines.append(csv_line((*about.values(), *("" if one is None else one for one in line))))
        response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="run-{run.pk}-measures.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


PAGES = [
    Page("evaluations/runs/<int:pk>/measures/", measures, "run-measures", "signed-in"),
    Page("evaluations/runs/<int:pk>/measures.<slug:form>", download, "run-measures-file", "signed-in"),
]
