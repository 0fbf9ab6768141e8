"""The approval desk: what waits for whom, and one request with everything that a signature binds."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from audits.identity.errors import GovernedError, NotThere, Unacceptable
from audits.identity.services.second_factor import has_factor
from portal.evidence import collect
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from portal.pages.desk_steps import PACE_ROLES
from portal.pages.single_sign_on import begin_signing, here, lead_away, left_unsigned
from portal.selectors.desk_rows import case_of, inbox, seen_requests
from portal.selectors.discussion_rows import on_version
from portal.selectors.meanwhile import meanwhile
from portal.selectors.prompt_head import rights
from portal.services.authenticate import VERSION, thing
from portal.services.sign_at_provider import signs_at_provider
from portal.services.sign_version import sign_version
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.policies import DeskPolicy
from prompts.lifecycle.selectors import approvals_of, signed_documentation
from prompts.lifecycle.services.readings import note_reading
from prompts.lifecycle.services.remind import LYING
from prompts.lifecycle.services.requests import reject, request_changes, withdraw
from prompts.registry.selectors import completeness_of

DECISIONS = ("sign", "changes", "reject", "withdraw")


def desk(request: HttpRequest) -> HttpResponse:
    """The inbox."""
    actor = actor_of(request)
    context = {**inbox(actor), "sees_pace": actor.has_role(*PACE_ROLES)}
    return render_page(
        request, "portal/desk.html", context, title="Approval desk", crumbs=[("Approval desk", None)]
    )


def desk_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request; a decision is sent to the same address and shown again where it is refused."""
    actor = actor_of(request)
    rows = seen_requests(actor).select_related("prompt__collection", "prompt__owner")
    rows = rows.prefetch_related("sign_offs__on_behalf_of", "supersedes__version", "supersedes__sign_offs")
    asked = rows.filter(pk=pk).first()
    if asked is None:
        raise NotThere("There is no such request, or you may not see it.")
    if request.method == "POST":
        try:
            if (away := _to_provider(request, asked)) is not None:
                return away
            _decide(request, asked)
        except GovernedError as error:
            if error.status in {403, 404} and error.field not in {"password", "code"}:
                raise
            return _page(request, rows.get(pk=pk), fault=error, status=error.status)
        return redirect("admin:desk-request", pk=pk)
    note_reading(actor=actor, request_id=asked.pk, is_opening=True)
    fault, given = left_unsigned(request)
    return _page(request, asked, fault=fault, given=given)


def _signature(request: HttpRequest, asked: ApprovalRequest) -> dict[str, Any]:
    """All that a signature on this page is about."""
    data = request.POST
    seat, _, meaning = str(data.get("meaning", "")).partition("|")
    if not meaning:
        raise Unacceptable("Choose what your signature attests.", field="meaning")
    role, plus, lent = seat.partition("+")
    return {
        "request_id": asked.pk,
        "role": role,
        "meaning": meaning,
        "comment": str(data.get("comment", "")).strip(),
        "seen_text_digest": str(data.get("seen_text_digest", "")),
        "seen_evidence_digest": str(data.get("seen_evidence_digest", "")),
        "delegation_id": (number({"lent": lent}, "lent") or 0) if plus else None,
    }


def _to_provider(request: HttpRequest, asked: ApprovalRequest) -> HttpResponse | None:
    """The way to the provider, for a signature of somebody who proves there who he is."""
    actor = actor_of(request)
    if request.POST.get("decision") != "sign" or not signs_at_provider(actor, here(request)):
        return None
    fields = _signature(request, asked)
    if fields["delegation_id"] is None:  # else it is asked on return, with the delegation
        DeskPolicy(actor).require("sign", (asked, fields["role"]))
    return lead_away(request, begin_signing(actor, request, thing(VERSION, **fields)))


def _decide(request: HttpRequest, asked: ApprovalRequest) -> None:
    actor, data = actor_of(request), request.POST
    decision, comment = data.get("decision", ""), str(data.get("comment", "")).strip()
    if decision not in DECISIONS:
        raise Unacceptable("Choose what you decide.", field="decision")
    if decision == "sign":
        fields = _signature(request, asked)
        password, code = str(data.get("password", "")), str(data.get("code", ""))[:40]
        sign_version(actor=actor, **fields, password=password, code=code)
        messages.success(request, f"You signed version {asked.version.number}: {fields['meaning']}.")
        return
    if not comment and decision != "withdraw":
        raise Unacceptable("Say why: the author needs your comment.", field="comment")
    verbs: dict[str, Callable[..., ApprovalRequest]]
    verbs = {"changes": request_changes, "reject": reject, "withdraw": withdraw}
    verbs[decision](actor=actor, request_id=asked.pk, comment=comment)
    told = {
        "changes": "You asked for changes.",
        "reject": "You rejected the version.",
        "withdraw": "It was withdrawn.",
    }
    messages.success(request, told[decision])


def _page(
    request: HttpRequest,
    asked: ApprovalRequest,
    *,
    fault: GovernedError | None = None,
    given: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, version = actor_of(request), asked.version
    version.prompt = asked.prompt
    said = on_version(actor, version)
    case = case_of(actor, asked, said["comments"])
    may_remind = asked.state == "open" and DeskPolicy(actor).may("remind", asked)
    context: dict[str, Any] = {
        "case": case,
        "request_row": asked,
        "version": version,
        "prompt": asked.prompt,
        "evidence": collect(version),
        "docs": completeness_of(asked.prompt),
        "documented": version,
        "signed_docs": signed_documentation(version),
        "meanings": case.meanings,
        "first_unopened": case.unopened[0].row.pk if case.unopened else None,
        "opened_count": len(case.failures) - len(case.unopened),
        **said,
        "may_withdraw": asked.requested_by_name == actor.name,
        "may_remind": may_remind,
        "reminded": asked.reminders.filter(about__in=LYING).select_related("by").order_by("-at").first(),
        "approval": approvals_of([version]).get(version.pk),
        "asks_code": has_factor(actor),
        "at_provider": settings.OIDC_NAME if signs_at_provider(actor, here(request)) else "",
        "fault": fault,
        "meanwhile": meanwhile(asked.prompt, request.POST.get("shown_at", "")) if status == 409 else [],
        "shown_at": timezone.now().isoformat(),
        "given": given or (request.POST if fault else {}),
        "head": {"may": rights(actor, asked.prompt)},
    }
    name = f"{asked.prompt.name}, version {version.number}"
    crumbs: Trail = [("Approval desk", reverse("admin:desk"))]
    crumbs += [
        (asked.prompt.name, reverse("admin:prompt", args=[asked.prompt_id])),
        (f"version {version.number}", None),
    ]
    return render_page(request, "portal/desk_request.html", context, title=name, crumbs=crumbs, status=status)


PAGES = [
    Page("desk/", desk, "desk", "signed-in"),
    Page("desk/<int:pk>/", desk_request, "desk-request", "signed-in"),
]
