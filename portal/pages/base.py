"""What every page of the portal goes through: signed in, let in, told why not in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from audits.identity.errors import GovernedError, NotThere, Refused, Unacceptable

SIGNED_IN, VISIBLE_PROMPT = "signed-in", "visible-prompt"
Crumbs = Sequence[tuple[str, str | None]]
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the portal.

    ``who`` is ``signed-in``, ``visible-prompt`` (the view answers ``NotThere`` to whoever may not see the
    prompt), or the roles that may open it. ``view(request, **kwargs)`` finds the actor in ``request.actor``.
    """

    route: str
    view: View
    name: str
    who: str | tuple[str, ...] = SIGNED_IN

    def as_path(self) -> URLPattern:
        """The address for the admin site."""
        return path(self.route, self.guarded(), name=self.name)

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The page's answer to this request, all checks passed."""
        return self.guarded()(request, **kwargs)

    def guarded(self) -> View:
        """The view behind its checks."""

        @never_cache
        @csrf_protect
        @wraps(self.view)
        def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            actor = getattr(request, "actor", None)
            if actor is None or not actor.is_active:
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            try:
                if isinstance(self.who, tuple) and not actor.has_role(*self.who):
                    raise Refused("This page is for other roles than yours.")
                return self.view(request, **kwargs)
            except DataError:
                if not _holds_nul(request):
                    raise
                return _told(request, Unacceptable("A field holds a NUL character."))
            except (GovernedError, Http404, PermissionDenied) as error:
                return _told(request, error)

        return run


def _holds_nul(request: HttpRequest) -> bool:
    """Whether something that was sent holds a NUL, which PostgreSQL refuses where no service did before."""
    values = [value for data in (request.GET, request.POST) for _, sent in data.lists() for value in sent]
    return any("\0" in str(value) for value in values)


def _told(request: HttpRequest, error: Exception) -> HttpResponse:
    """An expected failure as a page, as JSON where that was asked for, or beside the form that was sent."""
    refusal = _as_governed(error)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
    if request.method == "POST" and not isinstance(refusal, Refused | NotThere):
        messages.error(request, refusal.message)
        return redirect(came_from(request))
    return render_refusal(request, refusal)


def _as_governed(error: Exception) -> GovernedError:
    if isinstance(error, GovernedError):
        return error
    if isinstance(error, PermissionDenied):
        return Refused(str(error) or "You may not do this.")
    return NotThere("There is no such page, or you may not see it.")


def came_from(request: HttpRequest) -> str:
    """The page of ours that sent this form, else the address itself."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if ours else request.get_full_path()


TITLES = {400: "This did not work", 403: "Not for you", 404: "Not found", 409: "Not as it was"}


def render_refusal(request: HttpRequest, error: GovernedError) -> HttpResponse:
    """The page that says why not, with the status of the error."""
    title = TITLES.get(error.status, "This did not work")
    context = {"message": error.message, "not_yours": error.status == 403}
    return render_page(request, "portal/refused.html", context, title=title, crumbs=[], status=error.status)


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    crumbs: Crumbs = (),
    status: int = 200,
) -> HttpResponse:
    """A page in the frame. ``crumbs`` are (text, address or None), the last one being the page itself."""
    everything = {**admin.site.each_context(request), "title": title, "crumbs": list(crumbs), **context}
    return render(request, template, everything, status=status)
