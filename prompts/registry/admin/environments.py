"""Environments, in their order."""

from typing import Any

from django.contrib import admin

from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.registry.models import Environment
from prompts.registry.services.environments import create_environment, edit_environment


@admin.register(Environment)
class EnvironmentAdmin(GovernedAdmin):
    """Slug and rank stay as they were made: keys and records refer to them."""

    list_display = ("rank", "slug", "title", "is_protected")
    list_display_links = ("slug",)
    fields = ("slug", "title", "rank", "is_protected")

    def get_readonly_fields(self, request: Any, obj: Environment | None = None) -> tuple[str, ...]:
        return ("slug", "rank") if obj else ()

    def create(self, actor: Actor, data: dict[str, Any]) -> Environment:
        return create_environment(
            actor=actor,
            slug=data["slug"],
            title=data["title"],
            rank=data["rank"],
            is_protected=data["is_protected"],
        )

    def change(self, actor: Actor, obj: Environment, data: dict[str, Any]) -> Environment:
        return edit_environment(
            actor=actor, environment_id=obj.pk, title=data["title"], is_protected=data["is_protected"]
        )
