"""The matrix of a run: cases by two versions, runs or models, and verdicts that people overrule."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, NotThere
from portal.pages import downloads
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from portal.pages.runs import seen_result, seen_run
from portal.selectors.evidence_rows import cell
from portal.selectors.matrix_rows import FILTERS, matrix_of
from portal.selectors.prompt_head import rights
from prompts.evaluations.models import Provider, Run
from prompts.evaluations.policies import OverridePolicy
from prompts.evaluations.selectors import asked_case, baseline_of
from prompts.evaluations.services.compare_runs import compare_runs
from prompts.evaluations.services.override_result import override_result

MOST_OTHERS = 30
ALONE = "There is no other run of this suite on this prompt to compare with yet."
FIRST = "No run of this suite on this prompt came before this one. Choose a later one and press Compare."


def matrix(request: HttpRequest, pk: int) -> HttpResponse:
    """Changed cases first; ``against`` another run, or ``left`` and ``right`` two models of this one."""
    actor = actor_of(request)
    run = seen_run(actor, pk)
    against = number(request.GET, "against")
    other = seen_run(actor, against) if against else None
    names = [provider["name"] for provider in run.providers]
    left, right = (_provider(str(request.GET.get(side, ""))) for side in ("left", "right"))
    if other is None and len(names) > 1 and not (left or right) and not against:
        left, right = _provider(names[0]), _provider(names[1])
    if other is None:
        other = run if left and right else baseline_of(run)
    context: dict[str, Any] = {
        "run": run,
        "prompt": run.prompt,
        "cell": cell(run),
        "may": rights(actor, run.prompt),
        "others": _others(run),
        "models": names,
    }
    crumbs: Trail = [
        ("Evaluations", reverse("admin:evaluations")),
        (run.prompt.name, reverse("admin:prompt", args=[run.prompt_id]) + "?tab=evaluations"),
        (f"run {run.pk}", reverse("admin:run", args=[run.pk])),
        ("Matrix", None),
    ]
    title = f"{run.suite.title} on {run.prompt.name}"
    try:
        if other is None:
            raise NotThere(FIRST if context["others"] else ALONE)
        found = compare_runs(actor=actor, left=other, right=run, left_provider=left, right_provider=right)
    except GovernedError as error:
        context["why_not"] = error.message
        return render_page(request, "portal/matrix.html", context, title=title, crumbs=crumbs)
    show = str(request.GET.get("show", ""))
    show = show if show in FILTERS else ""
    tag = str(request.GET.get("tag", ""))[:100].lower()
    told = {"against": other.pk, "left": left.name if left else "", "right": right.name if right else ""}
    told |= {"tag": tag}
    context |= {
        "found": found,
        "points": found.figures["points"],
        "counts": found.counts,
        "base": urlencode({key: value for key, value in told.items() if value}),
        "any_tag": urlencode({key: value for key, value in told.items() if value and key != "tag"}),
        "against": other.pk,
        **matrix_of(found, show, tag, number(request.GET, "after") or 0, number(request.GET, "open") or 0),
    }
    return render_page(request, "portal/matrix.html", context, title=title, crumbs=crumbs)


def _provider(name: str) -> Provider | None:
    return Provider.objects.filter(name=name).first() if name else None


def _others(run: Run) -> list[Run]:
    """Runs that this one can be compared with, newest first."""
    rows = Run.objects.filter(prompt=run.prompt_id, suite=run.suite_id, state="finished").exclude(pk=run.pk)
    return list(rows.light().order_by("-pk")[:MOST_OTHERS])


def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Overrules the verdict on a result, with a reason."""
    actor = actor_of(request)
    row = seen_result(actor, pk)
    if request.method == "POST":
        override_result(
            actor=actor,
            result_id=row.pk,
            verdict=str(request.POST.get("verdict", "")),
            reason=str(request.POST.get("reason", "")),
        )
        messages.success(request, f"The verdict on {row.case_name} was overruled; the grader's is kept.")
        return redirect("admin:result", pk=row.pk)
    newest = row.overrides.order_by("-pk").first()
    state = newest.verdict if newest else row.state
    context = {
        "result": row,
        "run": row.run,
        "case": asked_case(row.run, row.case_name),
        "verdict": "fail" if state == "pass" else "pass",
        "newest": newest,
        "why_not": OverridePolicy(actor).why_not("override", row),
    }
    crumbs: Trail = [
        (f"run {row.run_id}", reverse("admin:run", args=[row.run_id])),
        (row.case_name, reverse("admin:result", args=[row.pk])),
        ("Override", None),
    ]
    return render_page(request, "portal/override.html", context, title="Override", crumbs=crumbs)


PAGES = [
    Page("evaluations/runs/<int:pk>/matrix/", matrix, "run-matrix", "signed-in"),
    Page("evaluations/results/<int:pk>/override/", override, "result-override", "signed-in"),
    *downloads.PAGES,
]
