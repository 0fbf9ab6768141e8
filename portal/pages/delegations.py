"""Who signs for me, and for whom I sign: given, revoked, and what was."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.debug import sensitive_post_parameters

from audits.identity.errors import GovernedError, Unacceptable
from audits.identity.roles import SIGNERS, title
from audits.identity.services.second_factor import has_factor
from portal.pages.account import ACCOUNT
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number
from portal.selectors.delegation_rows import delegations_of, possible_delegates
from portal.services.sign_delegation import sign_delegation
from prompts.lifecycle.services.delegate import LONGEST, revoke_delegation
from prompts.registry.querysets import collections_with

LAST_YEAR = 9000


@sensitive_post_parameters("password", "code")
def delegations(request: HttpRequest) -> HttpResponse:
    """Shows them, gives one and revokes one; a form that is refused comes back as it was filled in."""
    actor, fault = actor_of(request), None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "revoke":
                row = revoke_delegation(actor=actor, delegation_id=number(request.POST, "delegation") or 0)
                messages.success(request, f"{row.delegate_name} no longer signs for {row.delegator_name}.")
            else:
                row = _give(request)
                messages.success(request, f"{row.delegate_name} signs for you until {_day(row.ends_at)}.")
            return redirect("admin:delegations")
        except GovernedError as error:
            if error.status in {403, 404} and error.field not in {"password", "code"}:
                raise
            fault = error
    roles = [(role, title(role)) for role in sorted(SIGNERS) if actor.has_role(role)]
    today = timezone.localdate()
    context = {
        "rows": delegations_of(actor),
        "roles": roles,
        "people": possible_delegates(actor) if roles else [],
        "collections": collections_with(actor, "view").order_by("slug") if roles else [],
        "first_day": today.isoformat(),
        "last_day": (today + LONGEST).isoformat(),
        "longest": LONGEST.days,
        "asks_code": has_factor(actor),
        "fault": fault,
        "given": request.POST if fault else {},
    }
    return render_page(
        request,
        "portal/delegations.html",
        context,
        title="Delegations",
        crumbs=[(ACCOUNT, "/admin/account/"), ("Delegations", None)],
        status=fault.status if fault else 200,
    )


def _give(request: HttpRequest) -> Any:
    data = request.POST
    return sign_delegation(
        actor=actor_of(request),
        to=str(data.get("to", "")),
        role=str(data.get("role", "")),
        reason=str(data.get("reason", "")),
        starts_at=_start(data, "starts"),
        ends_at=_end(data, "ends"),
        collection=str(data.get("collection", "")),
        prompt=str(data.get("prompt", "")).strip(),
        password=str(data.get("password", "")),
        code=str(data.get("code", ""))[:40],
    )


def _start(data: Any, field: str) -> datetime | None:
    """The beginning of that day by the portal's clock; None where it is left empty."""
    day = _date(data, field)
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))


def _end(data: Any, field: str) -> datetime | None:
    """The end of that day: the delegation holds on its last day, however long that is."""
    day = _date(data, field)
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _date(data: Any, field: str) -> date | None:
    told = str(data.get(field, "")).strip()
    if not told:
        return None
    try:
        day = parse_date(told)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < LAST_YEAR:
        raise Unacceptable("Write a day as year-month-day.", field=field)
    return day


def _day(at: datetime) -> str:
    last = timezone.localtime(at - timedelta(seconds=1))
    return f"{last.day} {last:%B %Y}"


PAGES = [Page("account/delegations/", delegations, "delegations")]
