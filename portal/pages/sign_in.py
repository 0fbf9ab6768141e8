"""Signing in: the password, then the code of the second factor where there is one.

Between the two steps the session belongs to nobody: it only remembers, for five minutes, whose password was
right. The person is signed in by the second step alone.
"""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.identity.models import User
from audits.identity.services.open_sessions import note_session
from audits.identity.services.second_factor import check_code, factor_of
from audits.identity.services.sessions import note_sign_in
from audits.identity.services.step_up import PASSWORD, SECOND_FACTOR

WAITS, WAITS_FOR = "password_was_right", 300
BACKEND = "django.contrib.auth.backends.ModelBackend"


class PasswordStep(LoginView):
    """The form with name and password."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if factor_of(user) is None:
            open_for(self.request, user, PASSWORD)
            return redirect(self.get_success_url())
        # A fresh session, so that nobody who planted this one waits along.
        self.request.session.flush()
        self.request.session[WAITS] = {
            "user": user.pk,
            "password": user.get_session_auth_hash(),
            "at": int(time.time()),
            "next": self.get_success_url(),
        }
        return redirect("admin:sign-in-code")


def about(request: HttpRequest) -> dict[str, str]:
    """From where a request comes and its id, for an actor."""
    return {"address": request.META.get("REMOTE_ADDR", ""), "request_id": getattr(request, "request_id", "")}


def nobody(request: HttpRequest, name: str = "nobody") -> Actor:
    """Somebody who is not signed in, at this request's address."""
    told = about(request)
    return Actor(kind="system", name=name, address=told["address"], request_id=told["request_id"])


def open_for(request: HttpRequest, user: User, method: str) -> None:
    """Signs the person in: a new session key, a row among the open sessions, an entry in the ledger."""
    login(request, user, backend=BACKEND)
    note_session(
        request.session,
        user,
        method=method,
        address=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
    )
    note_sign_in(actor=Actor.for_user(user, **about(request)), method=method)


@never_cache
@csrf_protect
@sensitive_post_parameters("code")
def code_step(request: HttpRequest) -> HttpResponse:
    """Asks for the code; without a right password a moment ago it leads back to the first step."""
    user = _waiting(request)
    if user is None:
        return redirect("admin:login")
    wrong = ""
    if request.method == "POST":
        try:
            check_code(actor=nobody(request), user=user, code=str(request.POST.get("code", ""))[:40])
        except GovernedError as error:
            wrong = error.message
        else:
            to = request.session.pop(WAITS)["next"]
            open_for(request, user, SECOND_FACTOR)
            return redirect(safe_next(request, to))
    return render(request, "portal/sign_in_code.html", {"title": "Your code", "wrong": wrong})


def _waiting(request: HttpRequest) -> User | None:
    """Whose password was right within the last minutes, and has not changed since."""
    told = request.session.get(WAITS)
    if not isinstance(told, dict) or time.time() - told["at"] > WAITS_FOR:
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    if user is None or not user.is_let_in or user.get_session_auth_hash() != told["password"]:
        return None
    return user


def safe_next(request: HttpRequest, to: str) -> str:
    """``to`` if it is an address of ours, else the home page."""
    ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if ours else reverse("admin:index")


def wanted(request: HttpRequest) -> str:
    """Where the person wanted to go when the sign-in came between."""
    told = str(request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or "")
    return safe_next(request, told or str(reverse(settings.LOGIN_REDIRECT_URL)))
