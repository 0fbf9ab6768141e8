"""Steps around a decision: what was opened, one failure, a reminder, and how fast people sign."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import NotThere
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of
from portal.pages.runs import seen_result
from portal.selectors.desk_rows import seen_requests, why
from portal.selectors.failures import failures_of, live_of
from portal.selectors.pace import pace
from prompts.evaluations.models import Result
from prompts.evaluations.selectors import asked_case
from prompts.lifecycle.models import ApprovalRequest, Reading
from prompts.lifecycle.selectors import opened_by
from prompts.lifecycle.services.readings import note_reading
from prompts.lifecycle.services.remind import remind_signers

PACE_ROLES = (ETHICS_OFFICER, AUDITOR, STEWARD, ADMINISTRATOR)
"""Who reads how fast people sign."""
MOST = 20
"""Of the requests on one text, the newest."""
READ = (Reading.Kind.PAGE, Reading.Kind.DIFF)
"""What a page can say by itself; a failure counts as opened when its own page was shown."""


def _seen(request: HttpRequest, pk: int) -> ApprovalRequest:
    row = seen_requests(actor_of(request)).filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such request, or you may not see it.")
    return row


def read(request: HttpRequest, pk: int) -> HttpResponse:
    """A sign of life of the page, or that what changed came into view; answers with the seconds so far."""
    row = _seen(request, pk)
    if request.method != "POST":
        return redirect("admin:desk-request", pk=pk)
    kind = str(request.POST.get("kind", Reading.Kind.PAGE))
    if kind not in READ:
        raise NotThere("There is nothing of that kind to open.")
    what = str(request.POST.get("what", "")) if kind == Reading.Kind.DIFF else ""
    seconds = note_reading(actor=actor_of(request), request_id=row.pk, kind=kind, what=what)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"seconds": seconds})
    return redirect(f"{reverse('admin:desk-request', args=[pk])}#diff")


def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Reminds whoever can take an open seat."""
    row = _seen(request, pk)
    if request.method == "POST":
        remind_signers(actor=actor_of(request), request_id=row.pk)
        messages.success(request, "Those who can sign find a reminder in their inbox.")
    return redirect("admin:desk-request", pk=pk)


def failure(request: HttpRequest, pk: int) -> HttpResponse:
    """One failing case beside the answer of the live version; showing it is what counts as opened."""
    actor = actor_of(request)
    row = seen_result(actor, pk)
    on_text = seen_requests(actor).filter(prompt=row.run.prompt_id, text_digest=row.run.version_digest)
    found = sorted(on_text.order_by("-opened_at", "-pk")[:MOST], key=lambda one: one.state != "open")
    if not found:
        raise NotThere("Nobody asked for an approval of this text.")
    asked = found[0]
    for one in found:  # A version with the text of an older one may wait beside it.
        note_reading(actor=actor, request_id=one.pk, kind=Reading.Kind.FAILURE, what=str(row.pk))
    version = asked.version
    version.prompt = asked.prompt
    failures = failures_of(version)
    opened = opened_by(actor.user, asked).failures
    context = {
        "asked": asked,
        "version": version,
        "prompt": asked.prompt,
        "result": row,
        "why": why(row),
        "case": asked_case(row.run, row.case_name),
        "before": _live_answer(asked, row),
        "total": len(failures),
        "opened": sum(str(one.pk) in opened for one in failures),
        "following": _following(failures, row, opened),
    }
    crumbs: Trail = [
        ("Approval desk", reverse("admin:desk")),
        (f"{asked.prompt.name}, version {version.number}", reverse("admin:desk-request", args=[asked.pk])),
        (row.case_name, None),
    ]
    return render_page(request, "portal/desk_failure.html", context, title=row.case_name, crumbs=crumbs)


def _following(failures: list[Any], row: Result, opened: frozenset[str]) -> Any:
    """The next failure that was not opened, after this one and then from the first."""
    keys = [one.pk for one in failures]
    at = keys.index(row.pk) + 1 if row.pk in keys else 0
    return next((one for one in [*failures[at:], *failures[:at]] if str(one.pk) not in opened), None)


def _live_answer(asked: ApprovalRequest, row: Result) -> Result | None:
    """What the live version answered to the same case, in its newest finished run of the suite."""
    live = live_of(asked.prompt)
    if live is None or live.version_id == asked.version_id:
        return None
    rows = Result.objects.filter(
        run__version=live.version_id,
        run__suite=row.run.suite_id,
        run__state="finished",
        case_name=row.case_name,
        case_digest=row.case_digest,
    )
    return rows.select_related("run", "provider").order_by("-run", "repeat").first()


def signing_pace(request: HttpRequest) -> HttpResponse:
    """Signatures that were given after a few seconds, and everybody's pace."""
    crumbs: Trail = [("Approval desk", reverse("admin:desk")), ("Pace of signing", None)]
    context = pace(actor_of(request))
    return render_page(request, "portal/desk_pace.html", context, title="Pace of signing", crumbs=crumbs)


PAGES = [
    Page("desk/pace/", signing_pace, "desk-pace", PACE_ROLES),
    Page("desk/<int:pk>/read", read, "desk-read", "signed-in"),
    Page("desk/<int:pk>/remind", remind, "desk-remind", "signed-in"),
    Page("desk/failures/<int:pk>/", failure, "desk-failure", "signed-in"),
]
