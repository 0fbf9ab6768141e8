"""One's own account: where one is signed in, the second factor, what roles one holds."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from audits.identity.errors import GovernedError, NotThere, Refused, Unacceptable
from audits.identity.models import OpenSession, SignOnTrip, User
from audits.identity.roles import ROLES, TITLES
from audits.identity.services.open_sessions import end_session, end_sessions
from audits.identity.services.second_factor import (
    begin_factor,
    confirm_factor,
    factor_of,
    remove_factor,
    renew_codes,
)
from audits.identity.services.step_up import demanded_of, has_own_password
from audits.identity.services.trips import begin_trip
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number
from portal.pages.single_sign_on import here, lead_away
from portal.selectors.devices import device
from portal.services.authenticate import authenticate_for_account

ACCOUNT = "Your account"
ENDED_SHOWN = 5


def sessions_of(user: User, here: OpenSession | None = None) -> list[dict[str, object]]:
    """Open sessions with the device in words, this one first; then the newest that have ended."""
    rows = OpenSession.objects.filter(user=user)
    shown = [*rows.filter(ended_at__isnull=True)[:50], *rows.filter(ended_at__isnull=False)[:ENDED_SHOWN]]
    told = [{"row": row, "device": device(row.device), "here": row == here} for row in shown]
    return sorted(told, key=lambda one: not one["here"])


@sensitive_post_parameters("password", "code")
def account(request: HttpRequest) -> HttpResponse:
    """Shows it, and ends sessions."""
    actor = actor_of(request)
    own = here(request)
    if request.method == "POST":
        if request.POST.get("act") == "connect":
            return _connect(request)
        if request.POST.get("act") == "end-others":
            count = end_sessions(actor=actor, user=actor.user, but=own)  # type: ignore[arg-type]
            words = "There was no other session." if not count else f"{count} other sessions ended."
            messages.success(request, "One other session ended." if count == 1 else words)
        else:
            pk = number(request.POST, "session")
            if pk is None:
                raise Unacceptable("Choose a session.", field="session")
            end_session(actor=actor, pk=pk)
            messages.success(request, "The session ended.")
        return redirect("admin:account")
    rows = sessions_of(actor.user, own)  # type: ignore[arg-type]
    context = {
        "person": actor.user,
        "roles": [TITLES[role] for role in ROLES if actor.has_role(role)],
        "factor": factor_of(actor.user),  # type: ignore[arg-type]
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "connected": actor.user.identities.filter(issuer=settings.OIDC_ISSUER).first(),  # type: ignore[union-attr, misc]
        "has_password": has_own_password(actor.user),  # type: ignore[arg-type]
        "sessions": rows,
        "others": sum(not one["here"] and one["row"].ended_at is None for one in rows),  # type: ignore[attr-defined]
    }
    return render_page(request, "portal/account.html", context, title=ACCOUNT, crumbs=[(ACCOUNT, None)])


def _connect(request: HttpRequest) -> HttpResponse:
    """To the provider, whose account is this person's: the password says so here, the provider there."""
    if not settings.OIDC_ISSUER:
        raise NotThere("There is no single sign-on.")
    actor, data = actor_of(request), request.POST
    password, code = str(data.get("password", "")), str(data.get("code", ""))[:40]
    try:
        authenticate_for_account(actor=actor, password=password, code=code, about="single sign-on")
    except Refused as refused:
        raise Unacceptable(refused.message, field=refused.field) from None
    address = request.META.get("REMOTE_ADDR", "")
    outbound = begin_trip(request.session, SignOnTrip.Purpose.CONNECT, user=actor.user, address=address)
    return lead_away(request, outbound)


@sensitive_post_parameters("password", "code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Adds one with the first code, renews recovery codes, takes it away; new codes are shown this once."""
    actor = actor_of(request)
    if not has_own_password(actor.user):  # type: ignore[arg-type]
        raise NotThere("You have no password here: a second factor is asked for where you sign in.")
    fault, codes = None, []
    if request.method == "POST":
        act, code = request.POST.get("act"), str(request.POST.get("code", ""))[:40]
        try:
            if act == "remove":
                remove_factor(actor=actor, code=code)
                messages.success(request, "Your second factor was removed.")
                return redirect("admin:account")
            if act == "renew":
                codes = renew_codes(actor=actor, code=code)
            else:
                password = str(request.POST.get("password", ""))
                authenticate_for_account(actor=actor, password=password, code=None, about="a second factor")
                codes = confirm_factor(actor=actor, code=code)
                # Sessions that were opened with the password alone end.
                end_sessions(actor=actor, user=actor.user, reason="second factor added", but=here(request))  # type: ignore[arg-type]
        except GovernedError as error:
            fault = error
    factor = factor_of(actor.user)  # type: ignore[arg-type]
    enrolment = None if factor else begin_factor(actor=actor, fresh=fault is None)
    context = {
        "factor": factor,
        "left": factor.codes.filter(used_at__isnull=True).count() if factor else 0,
        "secret": _in_fours(enrolment.secret) if enrolment else "",
        "picture": _qr(enrolment.uri) if enrolment else "",
        "codes": codes,
        "demanded": demanded_of(actor),
        "fault": fault,
    }
    response = render_page(
        request,
        "portal/second_factor.html",
        context,
        title="Second factor",
        crumbs=[(ACCOUNT, "/admin/account/"), ("Second factor", None)],
        status=fault.status if fault else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


def _qr(uri: str) -> SafeString:
    """The address as an SVG of our own making: nothing is fetched from anywhere."""
    drawing = segno.make(uri, error="m").svg_inline(scale=5, light="#fff", dark="#000")
    return mark_safe(drawing)  # noqa: S308  drawn by the library from numbers alone


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


PAGES = [
    Page("account/", account, "account"),
    Page("account/second-factor/", second_factor, "second-factor"),
]
