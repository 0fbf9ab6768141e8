"""A session that was ended elsewhere is shut at its next request; others are noted as in use."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from audits.identity.services.open_sessions import note_session, session_of, touch

UNKNOWN = "earlier"
"""The method of a session that was opened before sessions were noted."""


class OpenSessionMiddleware:
    """Sets ``request.open_session``, the row of the sign-in that this request belongs to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.open_session = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            address = request.META.get("REMOTE_ADDR", "")
            row = session_of(request.session, request.user)
            if row is None:
                device = request.headers.get("User-Agent", "")
                row = note_session(
                    request.session, request.user, method=UNKNOWN, address=address, device=device
                )
            elif row.ended_at is not None:
                logout(request)
                return self.get_response(request)
            else:
                touch(row, address=address)
            request.open_session = row  # type: ignore[attr-defined]
        return self.get_response(request)
