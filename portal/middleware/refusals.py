"""Refused acts become events, in a transaction of their own: the refused one was rolled back."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from audits.identity.actors import Actor
from audits.identity.events import ACT_REFUSED
from audits.identity.services.refusals import is_first
from audits.ledger.services import record


class RefusalMiddleware:
    """Records every answer of 403 with who asked for what."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403:
            self.note(request)
        return response

    @staticmethod
    def note(request: HttpRequest) -> None:
        """Writes the event; anonymous visitors are ``nobody``, one event a minute and address."""
        address = request.META.get("REMOTE_ADDR", "")
        nobody = Actor(kind="system", name="nobody", address=address)
        actor = getattr(request, "actor", None) or nobody
        if actor is nobody and not is_first(ACT_REFUSED, address, ""):
            return
        with transaction.atomic():
            record(
                event=ACT_REFUSED,
                actor=actor,
                subject_type="address",
                subject=request.path.replace("\0", "\ufffd")[:400],  # PostgreSQL takes no NUL
                payload={"method": request.method or ""},
            )
