"""Answers graded blind by people, and how far model graders agree with them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import Unacceptable
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from portal.pages.runs import seen_run
from prompts.evaluations.calibrated import known_graders, next_to_grade
from prompts.evaluations.calibration.agreement import LEAST_GRADES, LEAST_KAPPA, LEAST_LOW
from prompts.evaluations.models import HumanGrade
from prompts.evaluations.policies import GradePolicy
from prompts.evaluations.selectors import asked_case
from prompts.evaluations.services.grade_by_hand import grade_by_hand

LIMITS = {"grades": LEAST_GRADES, "kappa": LEAST_KAPPA, "low": LEAST_LOW}


def calibration(request: HttpRequest) -> HttpResponse:
    """Every model grader of which the actor sees a graded answer."""
    actor = actor_of(request)
    rows = [{**row, **_figures(row["agreement"])} for row in known_graders(actor)]
    context = {"rows": rows, "limits": LIMITS}
    crumbs: Trail = [("Evaluations", reverse("admin:evaluations")), ("Model graders", None)]
    return render_page(request, "portal/calibration.html", context, title="Model graders", crumbs=crumbs)


def _figures(found: Any) -> dict[str, Any]:
    kappa = found.kappa
    shares = {
        name: {"right": right, "total": total, "share": right / total if total else None,
               "low": low, "high": high}
        for name, (right, total, low, high) in
        (("catches", found.sensitivity), ("lets_pass", found.specificity))
    }  # fmt: skip
    return {"kappa": kappa, "share": found.agreed / found.count if found.count else None, **shares}


def grade(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer after another, without the grader's verdict, the model or the score."""
    actor = actor_of(request)
    run = seen_run(actor, pk)
    if request.method == "POST":
        verdict = str(request.POST.get("passed", ""))
        if verdict not in {"yes", "no"}:
            raise Unacceptable("Say whether it passes.", field="passed")
        made = grade_by_hand(
            actor=actor,
            result_id=number(request.POST, "result") or 0,
            grader=str(request.POST.get("grader", "")),
            passed=verdict == "yes",
            reason=str(request.POST.get("reason", "")),
        )
        told = "the same" if made.passed == made.grader_passed else "the opposite"
        messages.success(request, f"Kept. The grader said {told}.")
        return redirect("admin:run-grade", pk=pk)
    context: dict[str, Any] = {
        "run": run,
        "why_not": GradePolicy(actor).why_not("sample", run),
        "graded": HumanGrade.objects.filter(result__run=run, by=actor.user).count() if actor.user else 0,
        "limits": LIMITS,
    }
    if not context["why_not"] and (found := next_to_grade(actor, run)):
        row, judged = found
        asked = asked_case(run, row.case_name)
        context |= {"result": row, "judged": judged, "vars": asked.vars if asked else {}}
        context["turned"] = judged.kind.startswith("not-")
    crumbs: Trail = [
        ("Evaluations", reverse("admin:evaluations")),
        (f"run {run.pk}", reverse("admin:run", args=[run.pk])),
        ("Grade blind", None),
    ]
    return render_page(request, "portal/grade.html", context, title="Grade blind", crumbs=crumbs)


PAGES = [
    Page("evaluations/graders/", calibration, "graders", "signed-in"),
    Page("evaluations/runs/<int:pk>/grade/", grade, "run-grade", "signed-in"),
]
