"""Collections: made by administrators, seen by whoever holds a right on them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet

from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.registry.models import Collection
from prompts.registry.policies import CollectionPolicy
from prompts.registry.querysets import collections_with
from prompts.registry.services.collections import create_collection, edit_collection


@admin.register(Collection)
class CollectionAdmin(GovernedAdmin):
    """The slug never changes; the team holds every right on the collection from the start."""

    policy = CollectionPolicy
    list_display = ("slug", "title", "team", "created_at")
    list_select_related = ("team",)
    search_fields = ("slug", "title")
    labels: ClassVar[dict[str, str]] = {"slug": "Name in addresses", "created_at": "Made"}
    helps: ClassVar[dict[str, str]] = {
        "slug": "The beginning of its prompts' names, such as bank in bank/arrears-letter. It never changes.",
        "title": "As people call it.",
        "team": "Its members may read, write and release here from the start.",
    }

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=collections_with(actor, "view").values("pk"))

    def opens_list(self, actor: Actor) -> bool:
        return True

    def get_fields(self, request: Any, obj: Collection | None = None) -> tuple[str, ...]:
        return ("slug", "title", "description", "team", *(("created_at",) if obj else ()))

    def get_readonly_fields(self, request: Any, obj: Collection | None = None) -> tuple[str, ...]:
        return ("slug", "team", "created_at") if obj else ()

    def create(self, actor: Actor, data: dict[str, Any]) -> Collection:
        return create_collection(
            actor=actor,
            slug=data["slug"],
            title=data["title"],
            team=data["team"],
            description=data["description"],
        )

    def change(self, actor: Actor, obj: Collection, data: dict[str, Any]) -> Collection:
        return edit_collection(
            actor=actor, collection_id=obj.pk, title=data["title"], description=data["description"]
        )
