"""The vocabulary of queries over prompts and versions, among it what a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from audits.identity.actors import Actor
from audits.identity.grants import granted
from audits.identity.roles import SEES_EVERYTHING

if TYPE_CHECKING:
    from prompts.registry.models import Collection

RIGHTS = {
    "view": ("view_prompt", "view_collection"),
    "write": ("change_prompt", "write_in_collection"),
    "release": ("release_prompt", "release_in_collection"),
}
"""Each right on a prompt: its codename on the prompt, and that on its collection."""


class FrozenRefused(RuntimeError):
    """Somebody tried to change or delete a frozen version."""


def collections_with(actor: Actor, right: str) -> "models.QuerySet[Collection]":
    """Collections on which the actor holds ``right`` (view, write, release)."""
    rows = apps.get_model("registry", "Collection").objects.all()
    if actor.kind in {"shell", "system"}:
        return rows
    if actor.account is not None:
        if not actor.is_active:
            return rows.none()
        return rows if actor.account.all_collections else rows.filter(slug__in=actor.account.collections)
    if right == "view" and actor.has_role(*SEES_EVERYTHING):
        return rows
    return granted(actor.user, RIGHTS[right][1], rows)


class PromptQuerySet(models.QuerySet[Any]):
    """Queries over prompts."""

    def with_right(self, actor: Actor, right: str) -> Self:
        """Prompts on which the actor holds ``right``, on the prompt itself or on its collection."""
        if actor.kind in {"shell", "system"} or (right == "view" and actor.has_role(*SEES_EVERYTHING)):
            return self.all()
        within = Q(collection__in=collections_with(actor, right).values("pk"))
        if actor.account is not None:
            return self.filter(within)
        single = granted(actor.user, RIGHTS[right][0], self.model._base_manager.all())
        return self.filter(within | Q(pk__in=single.values("pk")))

    def visible_to(self, actor: Actor) -> Self:
        """Prompts that the actor may see; every list, count, search and answer starts here."""
        return self.with_right(actor, "view")

    def in_use(self) -> Self:
        """Prompts that were not archived."""
        return self.filter(archived_at__isnull=True)


class VersionQuerySet(models.QuerySet[Any]):
    """Queries over versions; bulk changes never reach a frozen one."""

    def frozen(self) -> Self:
        """Versions whose text can no longer change."""
        return self.filter(frozen_at__isnull=False)

    def drafts(self) -> Self:
        """Versions that can still be edited."""
        return self.filter(frozen_at__isnull=True)

    def visible_to(self, actor: Actor) -> Self:
        """Versions of prompts that the actor may see."""
        prompts = apps.get_model("registry", "Prompt").objects.visible_to(actor)
        return self.filter(prompt__in=prompts.values("pk"))

    @staticmethod
    def refuse_frozen(rows: "models.QuerySet[Any]") -> None:
        """Raises ``FrozenRefused`` if one of the rows is frozen."""
        if rows.filter(frozen_at__isnull=False).exists():
            raise FrozenRefused("A frozen version is never changed or deleted.")

    def update(self, **kwargs: Any) -> int:
        self.refuse_frozen(self)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.refuse_frozen(self)
        return super().delete()

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        self.refuse_frozen(self.model._base_manager.filter(pk__in=[row.pk for row in objs]))
        return super().bulk_update(objs, fields, batch_size)
