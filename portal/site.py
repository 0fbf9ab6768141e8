"""The admin site: the stock one's doors that we do not use are shut, and the portal's pages hang in it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from unfold.sites import UnfoldAdminSite

from audits.adminkit.governed import GovernedAdmin
from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.services.open_sessions import end_session
from audits.identity.services.passwords import note_password_set
from audits.identity.services.sessions import note_refused_sign_in
from audits.identity.services.step_up import SINGLE_SIGN_ON
from portal.forms import SignInForm
from portal.frame import frame
from portal.pages import all_pages, single_sign_on
from portal.pages.base import render_refusal
from portal.pages.set_password import SetPassword
from portal.pages.setup import nobody_yet
from portal.pages.sign_in import PasswordStep, code_step, nobody, wanted
from portal.services.authenticate import note_wrong_password, refuse_guessing
from portal.single_sign_on.provider import way_out

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
        return [code, setting, *single_sign_on.addresses(), *pages, *stock]

    def has_permission(self, request: HttpRequest) -> bool:
        """Signed in, active, and not past the end of the access: the stock pages end at the same minute."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.is_active and super().has_permission(request)

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
            "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
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
        """The stock page; a change is recorded and ends all other sessions, guessing is stopped."""
        actor = getattr(request, "actor", None)
        if request.method != "POST" or actor is None or not actor.is_active:
            return super().password_change(request, extra_context)
        try:
            refuse_guessing(actor)
        except Refused as error:
            return render_refusal(request, error)
        response = super().password_change(request, extra_context)
        if isinstance(response, HttpResponseRedirect):
            note_password_set(actor=actor, but=request.open_session)  # type: ignore[attr-defined]
        elif "old_password" in (getattr(response, "context_data", None) or {})["form"].errors:
            note_wrong_password(actor=actor, about="a new password")
        return response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ends the session on record as well; whoever came from a provider is shown the way out there."""
        row, more = getattr(request, "open_session", None), dict(extra_context or {})
        if request.method == "POST" and row is not None:
            end_session(actor=request.actor, pk=row.pk)  # type: ignore[attr-defined]
            if row.method == SINGLE_SIGN_ON:
                more |= {"provider_sign_out": way_out(), "provider": settings.OIDC_NAME}
        return super().logout(request, more)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(reverse("admin:prompts"))


def _note_refused(request: HttpRequest) -> None:
    note_refused_sign_in(actor=nobody(request), username=request.POST.get("username", ""))
