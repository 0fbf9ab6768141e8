"""The short way for the API: programs need no sessions, forms or pages, so they pass none of that."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from prompts.serving import urls
from prompts.serving.checkpoint import stamp
from prompts.serving.http import JSON, nothing_here, problem, tagged

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
POLICY = "default-src 'none'; frame-ancestors 'none'"
"""What holds prompts and outputs is data: a browser that opens it as a page runs and loads nothing."""
Handler = Callable[[HttpRequest], HttpResponse]


class EdgeMiddleware:
    """Answers the addresses of the API itself and hands all others on.

    Stands before the session middleware and behind the one that records refusals. Whoever is signed in
    with a browser is nobody here: only keys count.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(urls.PREFIXES):
            return self.get_response(request)
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        try:
            if "\x00" in request.path_info:  # no name holds one, and PostgreSQL refuses to be asked
                raise Resolver404
            match = resolve(request.path_info, "prompts.serving.urls")
        except Resolver404:
            response = nothing_here(request)
        else:
            request.resolver_match = match
            response = match.func(request, *match.args, **match.kwargs)
        if response.status_code == 405 and response.get("Content-Type") != JSON:
            allowed = response.get("Allow", "")
            response = problem("method_not_allowed", f"Use {allowed}.", 405, headers=[("Allow", allowed)])
        if response.status_code < 400:
            response = stamp(labelled(request, response))
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response["Content-Security-Policy"] = POLICY
        return response


def labelled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A good answer to a question has an entity tag; views that know a cheaper one have set theirs."""
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or "ETag" in response:
        return response
    return tagged(request, response.content, response["Content-Type"])
