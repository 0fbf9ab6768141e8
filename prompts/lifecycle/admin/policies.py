"""Of approval policies, the admin keeps the history; list, pages and proposals are the portal's own."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD
from prompts.lifecycle.models import ApprovalPolicy


@admin.register(ApprovalPolicy)
class ApprovalPolicyAdmin(GovernedAdmin):
    """A policy changes by what one person proposes and another confirms, never by a form alone."""

    view_roles = frozenset({ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD})
    ordering = ("name",)
    change_verb = None  # type: ignore[assignment]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(reverse("admin:policies"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect(reverse("admin:policy-new"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return redirect(reverse("admin:policy", args=[row.pk]))
