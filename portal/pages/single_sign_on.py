"""To the organisation's provider and back: to sign in, to connect one's account, to prove who signs."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from audits.identity.actors import Actor
from audits.identity.claims import Claims
from audits.identity.errors import Conflict, GovernedError, Refused, Unacceptable
from audits.identity.models import OpenSession, SignOnTrip
from audits.identity.services.sessions import note_refused_sign_in
from audits.identity.services.single_sign_on import PROVIDER, connect, let_in, prove
from audits.identity.services.step_up import SINGLE_SIGN_ON
from audits.identity.services.trips import Outbound, begin_trip, nonce_of, take_trip
from portal.pages.sign_in import about, nobody, open_for, safe_next, wanted
from portal.services.sign_at_provider import note_refused_signature, note_signing, sign_on_return
from portal.single_sign_on.errors import NotGenuine
from portal.single_sign_on.provider import exchange, provider, way_there
from portal.single_sign_on.tokens import claims_of

UNSIGNED = "unsigned"
"""Where a session keeps what was not signed after all, until its page is shown again."""
Purpose = SignOnTrip.Purpose


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Leads to the provider's sign-in; back here whoever has signed in already."""
    if not settings.OIDC_ISSUER:
        raise Http404
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None and actor.is_active:
        return redirect(wanted(request))
    try:
        address = request.META.get("REMOTE_ADDR", "")
        outbound = begin_trip(request.session, Purpose.SIGN_IN, way_on=wanted(request), address=address)
        return redirect(way_there(outbound, afresh=False))
    except GovernedError as error:
        return _failed(request, error)


def here(request: HttpRequest) -> OpenSession | None:
    """The sign-in that this request belongs to."""
    return getattr(request, "open_session", None)


def begin_signing(actor: Actor, request: HttpRequest, what: dict[str, Any], *, way_on: str = "") -> Outbound:
    """Notes what this page is to have signed on return to it."""
    return note_signing(
        actor,
        request.session,
        what=what,
        way_on=way_on or request.path,
        address=request.META.get("REMOTE_ADDR", ""),
    )


def lead_away(request: HttpRequest, outbound: Outbound) -> HttpResponse:
    """Leads from a form to the provider, which asks afresh.

    A page of its own does so: browsers hold a redirect that answers a form to the rule for forms
    (``form-action``), and the provider may lead on to anywhere.
    """
    to = way_there(outbound, afresh=True)
    response = render(request, "portal/sso_away.html", {"title": "To the provider", "to": to})
    response["Refresh"] = f"0; url={to}"
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Takes what the provider answers: once, in the browser that asked, for what it asked."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        trip = take_trip(request.session, str(request.GET.get("state", "")))
    except GovernedError as error:
        return _failed(request, error)
    try:
        claims = _answer(request, trip)
        return FINISH[trip.purpose](request, trip, claims)
    except GovernedError as error:
        return NOT[trip.purpose](request, trip, error)


def _answer(request: HttpRequest, trip: SignOnTrip) -> Claims:
    """Who came back; RFC 9207 for ``iss``. What the provider writes into the address is shown to nobody."""
    issuer, there = request.GET.get("iss"), provider()
    if (issuer or there.tells_issuer) and issuer != there.issuer:
        raise NotGenuine("The answer came from another provider.")
    if request.GET.get("error") == "access_denied":
        raise Unacceptable(f"You did not go through with it at {settings.OIDC_NAME}.", code="denied")
    code = str(request.GET.get("code", ""))
    if "error" in request.GET or not code:
        raise Unacceptable(f"It did not work at {settings.OIDC_NAME}. Try again.", code="provider_refused")
    tokens = exchange(code, trip.verifier)
    return claims_of(tokens, nonce=nonce_of(trip), now=time.time())


def _sign_in(request: HttpRequest, trip: SignOnTrip, claims: Claims) -> HttpResponse:
    user = let_in(actor=nobody(request, PROVIDER.name), claims=claims)
    if not user.is_let_in:
        _note(request, user.username, "not let in")
        raise Conflict(
            f"{settings.OIDC_NAME} knows you as {user.username}, but your access to this portal is not open. "
            "An administrator can open it.",
            code="not_let_in",
        )
    open_for(request, user, SINGLE_SIGN_ON)
    return redirect(safe_next(request, trip.way_on))


def _not_signed_in(request: HttpRequest, trip: SignOnTrip, error: GovernedError) -> HttpResponse:
    return _failed(request, error, noted=error.code == "not_let_in")


def _failed(request: HttpRequest, error: GovernedError, *, noted: bool = False) -> HttpResponse:
    if not noted:
        _note(request, "", error.code)
    context = {"title": "You are not signed in", "message": error.message}
    return render(request, "portal/sso_failed.html", context, status=error.status)


def _note(request: HttpRequest, username: str, reason: str) -> None:
    note_refused_sign_in(actor=nobody(request), username=username, method=SINGLE_SIGN_ON, reason=reason)


def _person(request: HttpRequest, trip: SignOnTrip) -> Actor:
    """The person who began the trip, who is still signed in here."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_active or actor.user is None or actor.user.pk != trip.user_id:
        raise Refused("You are no longer signed in here as the person who began this.", field="sso")
    return actor


def _connect(request: HttpRequest, trip: SignOnTrip, claims: Claims) -> HttpResponse:
    connect(actor=_person(request, trip), claims=claims)
    messages.success(request, f"Connected. From now on you can sign in with {settings.OIDC_NAME}.")
    return redirect("admin:account")


def _not_connected(request: HttpRequest, trip: SignOnTrip, error: GovernedError) -> HttpResponse:
    messages.error(request, error.message)
    return redirect("admin:account")


def _sign(request: HttpRequest, trip: SignOnTrip, claims: Claims) -> HttpResponse:
    prove(actor=_person(request, trip), trip=trip, claims=claims)
    # The groups may just have taken a role away: the actor is made anew.
    actor = Actor.for_user(request.user, **about(request))
    messages.success(request, sign_on_return(actor=actor, trip=trip))
    return redirect(safe_next(request, trip.way_on))


def _not_signed(request: HttpRequest, trip: SignOnTrip, error: GovernedError) -> HttpResponse:
    """Back to the page, which shows why, with everything that was typed."""
    actor: Actor | None = getattr(request, "actor", None)
    note_refused_signature(actor=actor or nobody(request), trip=trip, reason=error.message)
    fields = trip.what["fields"]
    given = {"comment": fields.get("comment", "")}
    if "role" in fields:
        given |= {"decision": "sign", "meaning": f"{fields['role']}|{fields['meaning']}"}
    if actor is not None and actor.user is not None and actor.user.pk == trip.user_id:
        kept = {"at": trip.way_on, "message": error.message, "field": error.field, "given": given}
        request.session[UNSIGNED] = kept
    return redirect(safe_next(request, trip.way_on))


def left_unsigned(request: HttpRequest) -> tuple[GovernedError | None, dict[str, Any]]:
    """What was not signed on this page a moment ago, and what had been typed; told once."""
    kept = request.session.get(UNSIGNED)
    if not isinstance(kept, dict) or kept.get("at") != request.get_full_path():
        return None, {}
    del request.session[UNSIGNED]
    return GovernedError(kept["message"], field=kept["field"]), kept["given"]


FINISH: dict[str, Callable[[HttpRequest, SignOnTrip, Claims], HttpResponse]] = {
    Purpose.SIGN_IN: _sign_in,
    Purpose.CONNECT: _connect,
    Purpose.SIGN: _sign,
}
NOT: dict[str, Callable[[HttpRequest, SignOnTrip, GovernedError], HttpResponse]] = {
    Purpose.SIGN_IN: _not_signed_in,
    Purpose.CONNECT: _not_connected,
    Purpose.SIGN: _not_signed,
}


def addresses() -> list[URLPattern]:
    """For the admin site; both are open to anybody."""
    return [
        path("login/sso/", start, name="single-sign-on"),
        path("login/sso/back/", back, name="single-sign-on-back"),
    ]
