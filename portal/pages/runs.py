"""A run: started from the prompt's page, watched while it works, read when it is over."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.adminkit.lookups import is_key
from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number, seen_prompt, seen_version
from portal.selectors.evaluation_rows import results_of
from portal.selectors.evidence_rows import cell
from portal.selectors.prompt_head import rights
from prompts.evaluations.checks import check_decimal
from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Measured, Provider, RawAnswer, Result, Run, Suite
from prompts.evaluations.selectors import asked_case
from prompts.evaluations.services.pause_run import pause_run, resume_run
from prompts.evaluations.services.start_run import cancel_run, start_runs

MOST_METRICS = 12


def seen_run(actor: Actor, pk: int) -> Run:
    """The run, if the actor may see its prompt; else ``NotThere``."""
    rows = Run.objects.visible_to(actor).select_related(
        "prompt__collection", "suite", "version", "requested_by"
    )
    run = rows.filter(pk=pk).first()
    if run is None:
        raise NotThere("There is no such run, or you may not see it.")
    return run


def run_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts a run on each chosen version and sends it to a worker."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    back = f"{reverse('admin:prompt', args=[prompt.pk])}?tab=evaluations"
    if request.method != "POST":
        return redirect(back)
    ticked = dict.fromkeys(request.POST.getlist("version"))
    versions = [seen_version(actor, int(one) if is_key(one) else 0) for one in ticked]
    suite = Suite.objects.visible_to(actor).filter(pk=number(request.POST, "suite") or 0).first()
    chosen = [int(key) for key in request.POST.getlist("providers") if is_key(key)]
    providers = list(Provider.objects.filter(pk__in=chosen, is_active=True))
    if suite is None or any(version.prompt_id != prompt.pk for version in versions):
        raise NotThere("There is no such suite or version, or you may not see it.")
    if not providers:
        raise Unacceptable("Choose at least one model.", field="providers")
    runs = start_runs(
        actor=actor,
        version_ids=[version.pk for version in versions],
        suite_id=suite.pk,
        providers=providers,
        trigger=Run.Trigger.MANUAL,
        repeats=number(request.POST, "repeats") or 1,
        concurrency=number(request.POST, "concurrency") or 4,
        judge=number(request.POST, "judge") or None,
        budget=amount(request.POST.get("budget", ""), "budget"),
        embedder=str(request.POST.get("embedder", ""))[:80],
        anew=request.POST.get("anew") == "on",
    )
    for run in runs:
        send_run(run)
    if len(runs) == 1:
        messages.success(request, f"Run {runs[0].pk} was started.")
        return redirect("admin:run", pk=runs[0].pk)
    named = ", ".join(str(run.pk) for run in runs)
    messages.success(request, f"Runs {named} were started on the same cases; the matrix of each compares.")
    return redirect(back)


def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while it works, results with failures first."""
    actor = actor_of(request)
    run = seen_run(actor, pk)
    state, provider = str(request.GET.get("state", "")), str(request.GET.get("model", ""))[:80]
    context = {
        "run": run,
        "prompt": run.prompt,
        "cell": cell(run),
        "may": rights(actor, run.prompt),
        "state": state,
        "model": provider,
        "before": _before(run),
        "metrics": _metrics(run),
        **results_of(run, state, provider, str(request.GET.get("after", ""))),
    }
    title = f"{run.suite.title} on {run.prompt.name}, version {run.version.number}"
    crumbs: Trail = [("Evaluations", reverse("admin:evaluations"))]
    crumbs += [
        (run.prompt.name, reverse("admin:prompt", args=[run.prompt_id]) + "?tab=evaluations"),
        (f"run {run.pk}", None),
    ]
    return render_page(request, "portal/run.html", context, title=title, crumbs=crumbs)


def _before(run: Run) -> Run | None:
    """The newest earlier finished run of the suite on another version of the prompt."""
    rows = Run.objects.filter(prompt=run.prompt, suite=run.suite, state="finished", pk__lt=run.pk)
    return rows.exclude(version=run.version).light().order_by("-pk").first()


def _metrics(run: Run) -> list[dict[str, Any]]:
    """The first metrics of its measures, once these are worked out."""
    found = Measured.objects.filter(run=run).values_list("report", flat=True).first() or {}
    return list(found.get("metrics", []))[:MOST_METRICS]


def run_state(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the run is, for the page that waits."""
    run = seen_run(actor_of(request), pk)
    return JsonResponse(
        {"state": run.state, "done": run.done, "total": run.total, "over": not run.is_at_work}
    )


def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops a run; results so far stay."""
    run = seen_run(actor_of(request), pk)
    if request.method == "POST":
        cancel_run(actor=actor_of(request), run_id=run.pk)
        messages.success(request, f"Run {run.pk} was cancelled.")
    return redirect("admin:run", pk=pk)


def run_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a run wait."""
    run = seen_run(actor_of(request), pk)
    if request.method == "POST":
        pause_run(actor=actor_of(request), run_id=run.pk)
        messages.success(request, f"Run {run.pk} is paused; what was answered stays.")
    return redirect("admin:run", pk=pk)


def run_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a paused run go on, with another budget if one is entered."""
    run = seen_run(actor_of(request), pk)
    if request.method == "POST":
        budget = amount(request.POST.get("budget", ""), "budget")
        send_run(resume_run(actor=actor_of(request), run_id=run.pk, budget=budget))
        messages.success(request, f"Run {run.pk} goes on.")
    return redirect("admin:run", pk=pk)


def amount(raw: str, field: str) -> Decimal | None:
    """USD as a decimal; None for nothing."""
    return check_decimal(raw, field, most=1_000_000) if raw.strip() else None


def seen_result(actor: Actor, pk: int) -> Result:
    """The result, if the actor may see its prompt; else ``NotThere``."""
    rows = Result.objects.visible_to(actor).select_related(
        "run__prompt", "run__suite", "run__version", "provider", "case"
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such result, or you may not see it.")
    return row


def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One result: what was asked, what was answered, how it was judged."""
    row = seen_result(actor_of(request), pk)
    run = row.run
    case = asked_case(run, row.case_name)
    overrides = row.overrides.order_by("-pk")[:50]
    raw = RawAnswer.objects.filter(result=row).exists()
    context = {"result": row, "run": run, "case": case, "overrides": overrides, "raw": raw}
    crumbs: Trail = [
        ("Evaluations", reverse("admin:evaluations")),
        (f"run {run.pk}", reverse("admin:run", args=[run.pk])),
    ]
    crumbs.append((row.case_name, None))
    return render_page(request, "portal/result.html", context, title=row.case_name, crumbs=crumbs)


def framed(text: str) -> HttpResponse:
    """Hostile text under an address of its own: plain text, in a sandbox that allows nothing."""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def received(request: HttpRequest, pk: int) -> HttpResponse:
    """What the provider sent, as it came in."""
    row = RawAnswer.objects.filter(result=seen_result(actor_of(request), pk)).first()
    if row is None:
        raise NotThere("What was received is not kept.")
    return framed(row.body)


def output(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole output of a result."""
    return framed(seen_result(actor_of(request), pk).output)


PAGES = [
    Page("prompts/<int:pk>/runs/start", run_start, "run-start", "signed-in"),
    Page("evaluations/runs/<int:pk>/", run_page, "run", "signed-in"),
    Page("evaluations/runs/<int:pk>/state", run_state, "run-state", "signed-in"),
    Page("evaluations/runs/<int:pk>/cancel", run_cancel, "run-cancel", "signed-in"),
    Page("evaluations/runs/<int:pk>/pause", run_pause, "run-pause", "signed-in"),
    Page("evaluations/runs/<int:pk>/resume", run_resume, "run-resume", "signed-in"),
    Page("evaluations/results/<int:pk>/", result, "result", "signed-in"),
    Page("evaluations/results/<int:pk>/output", output, "result-output", "signed-in"),
    Page("evaluations/results/<int:pk>/received", received, "result-received", "signed-in"),
]
