"""The admin site: the stock one's doors that we do not use are shut, and the portal's pages hang in it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from unfold.sites import UnfoldAdminSite

from audits.adminkit.governed import GovernedAdmin
from audits.identity.actors import Actor
from audits.identity.services.passwords import note_password_set
from audits.identity.services.sessions import note_refused_sign_in
from portal.forms import SignInForm
from portal.frame import frame
from portal.pages import all_pages
from portal.pages.set_password import SetPassword
from portal.pages.setup import nobody_yet
from portal.pages.sign_in import PasswordStep, code_step, wanted

SHUT = {"view_on_site", "search", "app_list"}
"""Stock views that would answer past our policies: the jump by content type, the theme's cached search."""


class PortalSite(UnfoldAdminSite):
    """Unfold's site with the frame in its context and the portal's pages among its addresses."""

    site_title = "Imprimatur"
    index_title = "Home"
    enable_nav_sidebar = True
    login_form = SignInForm

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes governed admin classes only: what other packages register is not offered at all."""
        if admin_class is not None and issubclass(admin_class, GovernedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The portal's pages first; then the stock addresses without those that are shut."""
        pages = [page.as_path() for page in all_pages()]
        stock = [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in SHUT]
        code = path("login/code/", code_step, name="sign-in-code")
        setting = path("set-password/<uidb64>/<token>/", SetPassword.as_view(), name="set-password")
        return [code, setting, *pages, *stock]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing: the sidebar is made of what people do, not of tables."""
        return []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "frame": frame(request)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The home page of the person's role."""
        from portal.pages.home import HOME

        return HOME.answer(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Signs in and records it, as well as what was refused; an empty portal is set up first."""
        if nobody_yet():
            return redirect("setup")
        if request.method == "GET" and self.has_permission(request):
            return redirect(wanted(request))
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "app_path": request.get_full_path(),
            "next": wanted(request),
            **(extra_context or {}),
        }
        view = PasswordStep.as_view(
            extra_context=context, authentication_form=self.login_form, template_name="admin/login.html"
        )
        response: HttpResponse = view(request)  # type: ignore[assignment]
        if request.method == "POST" and not isinstance(response, HttpResponseRedirect):
            _note_refused(request)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The stock page; a change is recorded and ends all other sessions."""
        response = super().password_change(request, extra_context)
        actor = getattr(request, "actor", None)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect) and actor is not None:
            note_password_set(actor=actor, but=request.open_session)  # type: ignore[attr-defined]
        return response

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(reverse("admin:prompts"))


def _note_refused(request: HttpRequest) -> None:
    about = {"address": request.META.get("REMOTE_ADDR", ""), "request_id": getattr(request, "request_id", "")}
    nobody = Actor(kind="system", name="nobody", **about)
    note_refused_sign_in(actor=nobody, username=request.POST.get("username", ""))
