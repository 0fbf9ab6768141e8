"""Evaluation runs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from prompts.evaluations.models import Run
from prompts.registry.models import Prompt
from prompts.serving.api.v1.router import api, need
from prompts.serving.api.v1.schemas import Problem, RunPage
from prompts.serving.http import BadRequest, encode, tagged
from prompts.serving.paging import cursor_of, number_at, split
from prompts.serving.places import run_page
from prompts.serving.selectors.reach import known_to


@api.get("/runs", response={200: RunPage, 400: Problem, 401: Problem, 403: Problem}, tags=["evaluations"])
def runs(
    request: HttpRequest,
    suite: str = Query("", max_length=255),
    prompt: str = Query("", max_length=255),
    limit: int = Query(20, ge=1, le=100),
    cursor: str = "",
) -> HttpResponse:
    """Evaluation runs of the prompts that the key may be told of, newest first."""
    actor = need(request, "read", "evaluate")
    if "\x00" in suite + prompt:
        raise BadRequest("A parameter holds a NUL character.")
    rows = Run.objects.visible_to(actor).select_related("suite", "prompt", "version").defer("providers")
    rows = rows.filter(prompt__in=Prompt.objects.filter(known_to(actor)).order_by().values("pk"))
    if suite:
        rows = rows.filter(suite__name=suite)
    if prompt:
        rows = rows.filter(prompt__name=prompt)
    if (before := number_at(cursor)) is not None:
        rows = rows.filter(pk__lt=before)
    page, more = split(list(rows.order_by("-pk")[: limit + 1]), limit)
    return tagged(
        request,
        encode({"data": [shape(run) for run in page], "next": cursor_of(page[-1].pk) if more else None}),
    )


def shape(run: Run) -> dict[str, Any]:
    """One run."""
    return {
        "id": run.pk,
        "suite": run.suite.name,
        "prompt": run.prompt.name,
        "version": run.version.number,
        "trigger": run.trigger,
        "state": run.state,
        "passed": run.passed,
        "failed": run.failed,
        "errors": run.errors,
        "score": None if run.score is None else float(run.score),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "url": run_page(run.pk),
    }
