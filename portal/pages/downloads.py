"""The results of a run to take along: CSV, JSON and JUnit."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from audits.identity.errors import NotThere
from portal.evaluating.junit import report
from portal.evaluating.result_lines import as_csv, as_json
from portal.pages.base import Page
from portal.pages.common import actor_of
from portal.pages.runs import seen_run
from prompts.evaluations.models import Run

LINES: dict[str, tuple[str, Callable[[Run], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
    "xml": ("application/xml", report),
}


def download(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """Streamed, whatever the size; for whoever sees the run."""
    run = seen_run(actor_of(request), pk)
    if form not in LINES:
        raise NotThere("Results are downloaded as csv, json or xml (JUnit).")
    media, lines = LINES[form]
    response = StreamingHttpResponse(lines(run), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="run-{run.pk}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


PAGES = [Page("evaluations/runs/<int:pk>/results.<slug:form>", download, "run-results", "signed-in")]  # type: ignore[arg-type]
