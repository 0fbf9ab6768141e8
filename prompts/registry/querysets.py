"""The vocabulary of queries over prompts and versions, among it what a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from audits.adminkit.querysets import RecordedQuerySet
from audits.identity.actors import Actor
from audits.identity.grants import Among, Keys, held
from audits.identity.roles import SEES_EVERYTHING

if TYPE_CHECKING:
    from prompts.registry.models import Collection

RIGHTS = {
    "view": ("view_prompt", "view_collection"),
    "write": ("change_prompt", "write_in_collection"),
    "release": ("release_prompt", "release_in_collection"),
}
"""Each right on a prompt: its codename on the prompt, and that on its collection."""

FEW = 2000
"""So many prompts that somebody may see are told by their keys."""


class FrozenRefused(RuntimeError):
    """Somebody tried to change or delete a frozen version."""


def collections_with(actor: Actor, right: str) -> "models.QuerySet[Collection]":
    """Collections on which the actor holds ``right`` (view, write, release)."""
    return _collections().filter(_on_collection(actor, right, "pk"))


def _collections() -> "models.QuerySet[Collection]":
    return apps.get_model("registry", "Collection").objects.all()


def _on_collection(actor: Actor, right: str, key: str, *, asked: bool = False) -> Q:
    """Rows whose ``key`` is that of a collection on which the actor holds the right; empty where on all."""
    if actor.kind in {"shell", "system"}:
        return Q()
    if actor.account is not None:
        slugs = tuple(actor.account.collections)
        if not actor.is_active or not (slugs or actor.account.all_collections):
            return Q(pk__in=())
        query = f"SELECT c.id FROM registry_collection c WHERE c.slug IN ({', '.join(['%s'] * len(slugs))})"  # noqa: S608
        return Q() if actor.account.all_collections else Q(Among(F(key), Keys(query, slugs, asked)))
    if right == "view" and actor.has_role(*SEES_EVERYTHING):
        return Q()
    return held(actor.user, RIGHTS[right][1], _collections().model, key, asked=asked)


def on_prompts(actor: Actor, right: str, prompt: str = "", *, asked: bool = False) -> Q:
    """Rows about prompts on which the actor holds the right; empty where on all.

    ``prompt`` is the rows' way to their prompt (``prompt``, ``version__prompt``), empty for prompts
    themselves. Few rows are asked for their prompts by it: as a subquery, all that the actor may see would
    be gathered first.
    """
    way = f"{prompt}__" if prompt else ""
    within = _on_collection(actor, right, f"{way}collection_id", asked=asked)
    if not within or actor.account is not None:
        return within
    model = apps.get_model("registry", "Prompt")
    return within | held(actor.user, RIGHTS[right][0], model, f"{prompt}_id" if prompt else "pk", asked=asked)


class PromptQuerySet(RecordedQuerySet):
    """Queries over prompts."""

    def with_right(self, actor: Actor, right: str) -> Self:
        """Prompts on which the actor holds ``right``, on the prompt itself or on its collection."""
        return self.filter(on_prompts(actor, right))

    def visible_to(self, actor: Actor) -> Self:
        """Prompts that the actor may see; every list, count, search and answer starts here."""
        return self.with_right(actor, "view")

    def seen_by_key(self, actor: Actor) -> Self:
        """The same as ``visible_to``, told by keys where they are few; two or three queries to find out.

        A list in the order of a column then reads those rows alone. Asked for grants, a database would go
        through the whole table in that order, past all that the actor may not see.
        """
        within = _on_collection(actor, "view", "pk")
        if not within:
            return self.all()
        prompts = self.model._base_manager.order_by()
        places = list(_collections().filter(within).values_list("pk", flat=True))
        keys = set(prompts.filter(collection__in=places).values_list("pk", flat=True)[: FEW + 1])
        if actor.account is None and len(keys) <= FEW:
            single = prompts.filter(held(actor.user, RIGHTS["view"][0], self.model))
            keys.update(single.values_list("pk", flat=True)[: FEW + 1])
        return self.filter(Q(pk__in=keys) if len(keys) <= FEW else on_prompts(actor, "view", asked=True))

    def in_use(self) -> Self:
        """Prompts that were not archived."""
        return self.filter(archived_at__isnull=True)


class VersionQuerySet(RecordedQuerySet):
    """Queries over versions; bulk changes never reach a frozen one."""

    def frozen(self) -> Self:
        """Versions whose text can no longer change."""
        return self.filter(frozen_at__isnull=False)

    def drafts(self) -> Self:
        """Versions that can still be edited."""
        return self.filter(frozen_at__isnull=True)

    def visible_to(self, actor: Actor) -> Self:
        """Versions of prompts that the actor may see."""
        return self.filter(on_prompts(actor, "view", "prompt"))

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
