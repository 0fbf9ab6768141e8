"""What makes a view an address of the API: methods, key, verb, and errors as JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from audits.identity.errors import GovernedError
from prompts.serving.auth import authenticate
from prompts.serving.http import problem, refusal

View = Callable[..., HttpResponse]
CHALLENGE = ("WWW-Authenticate", 'Basic realm="Imprimatur", charset="UTF-8"')


def unknown_key() -> HttpResponse:
    """401: no key, an unknown one, a wrong secret, an expired or revoked one; they are not told apart."""
    return problem(
        "unauthorized",
        "A valid key is needed: HTTP Basic with its public and secret part.",
        401,
        headers=[CHALLENGE],
    )


def endpoint(**verbs: str) -> Callable[[View], View]:
    """``@endpoint(GET="read", POST="write")``: the verb that each method needs; empty for any key."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            method = "GET" if request.method == "HEAD" else request.method or ""
            if method not in verbs:
                allowed = ", ".join(sorted(verbs))
                return problem("method_not_allowed", f"Use {allowed}.", 405, headers=[("Allow", allowed)])
            actor = authenticate(request)
            if actor is None:
                return unknown_key()
            request.actor = actor  # type: ignore[attr-defined]
            needed = verbs[method]
            if needed and not actor.verb(needed):
                return problem("forbidden", f"This key does not hold the verb {needed}.", 403)
            try:
                return view(request, **kwargs)
            except GovernedError as error:
                return refusal(error)

        return csrf_exempt(run)

    return decorate
