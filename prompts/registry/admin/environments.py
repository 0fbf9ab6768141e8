"""Environments, in their order."""

from typing import Any, ClassVar

from django.contrib import admin

from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.registry.models import Environment
from prompts.registry.services.environments import create_environment, edit_environment


@admin.register(Environment)
class EnvironmentAdmin(GovernedAdmin):
    """Slug and rank stay as they were made: keys and records refer to them."""

    list_display = ("rank", "slug", "title", "protected")
    labels: ClassVar[dict[str, str]] = {
        "slug": "Name",
        "rank": "Place in the order",
        "is_protected": "Protected",
    }
    helps: ClassVar[dict[str, str]] = {
        "slug": "As keys and releases name it, such as production. It never changes.",
        "rank": "1 comes first; a version goes upwards.",
        "is_protected": "A key that reads here must be given this environment by name.",
    }
    list_display_links = ("slug",)
    fields = ("slug", "title", "rank", "is_protected")

    def get_readonly_fields(self, request: Any, obj: Environment | None = None) -> tuple[str, ...]:
        return ("slug", "rank") if obj else ()

    @admin.display(description="Protected", boolean=True, ordering="is_protected")
    def protected(self, environment: Environment) -> bool:
        """Whether it asks for more."""
        return environment.is_protected

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
