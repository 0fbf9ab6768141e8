"""Gives each request its id and its actor, and lets history know who is acting."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audits.adminkit.history import acting
from audits.identity.actors import Actor

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class ActorMiddleware:
    """Sets ``request.request_id`` and, for a signed-in person, ``request.actor``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            response = self.get_response(request)
        else:
            actor = Actor.for_user(
                request.user,
                address=request.META.get("REMOTE_ADDR", ""),
                request_id=request.request_id,  # type: ignore[attr-defined]
            )
            request.actor = actor  # type: ignore[attr-defined]
            with acting(actor.name, request.user):
                response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response
