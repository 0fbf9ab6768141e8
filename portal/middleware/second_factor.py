"""Whoever's role demands a second factor adds one before anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.services.second_factor import factor_of
from audits.identity.services.step_up import SINGLE_SIGN_ON, demanded_of

ALWAYS = ("admin:second-factor", "admin:logout", "admin:password_change", "admin:jsi18n")


class SecondFactorMiddleware:
    """Leads to the page where a second factor is added; asks nothing of people whose roles demand none.

    Nor of whoever came by single sign-on: how people are asked there is the provider's to say.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if (
            actor is not None
            and request.path.startswith(reverse("admin:index"))
            and demanded_of(actor)
            and request.path not in {reverse(name) for name in ALWAYS}
            and not came_from_provider(request)
            and factor_of(actor.user) is None
        ):
            return redirect("admin:second-factor")
        return self.get_response(request)


def came_from_provider(request: HttpRequest) -> bool:
    """Whether this session was opened by single sign-on."""
    row = getattr(request, "open_session", None)
    return row is not None and row.method == SINGLE_SIGN_ON
