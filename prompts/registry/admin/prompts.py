"""Of prompts, the admin keeps the history of their description; list and pages are the portal's own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.registry.models import Prompt
from prompts.registry.policies import PromptPolicy


@admin.register(Prompt)
class PromptAdmin(GovernedAdmin):
    """Adds, changes and lists nowhere but on the portal's pages."""

    policy = PromptPolicy
    add_verb = change_verb = None  # type: ignore[assignment]
    search_fields = ("name",)
    ordering = ("name",)

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=Prompt.objects.visible_to(actor).values("pk"))

    def opens_list(self, actor: Actor) -> bool:
        return True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect(reverse("admin:prompts"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect(reverse("admin:prompt-new"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return redirect(
            f"{reverse('admin:prompts')}{object_id}/" if object_id.isdigit() else reverse("admin:prompts")
        )
