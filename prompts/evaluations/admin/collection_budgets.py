"""Budgets of collections."""

from typing import Any, ClassVar

from django.contrib import admin

from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.evaluations.models import CollectionBudget
from prompts.evaluations.services.budgets import spent_on_collection
from prompts.evaluations.services.collection_budgets import set_collection_budget


@admin.register(CollectionBudget)
class CollectionBudgetAdmin(GovernedAdmin):
    """What evaluations of a collection's prompts may cost in a month, in USD."""

    one, many = "budget of a collection", "budgets of collections"
    list_display = ("collection", "month_budget", "spent")
    list_select_related = ("collection",)
    labels: ClassVar[dict[str, str]] = {"month_budget": "Budget per month, USD"}
    helps: ClassVar[dict[str, str]] = {
        "month_budget": (
            "Runs of the collection's prompts pause once so much is spent since the 1st of the month, "
            "whatever provider is asked. Left empty, there is no limit."
        ),
    }

    def get_fields(self, request: Any, obj: CollectionBudget | None = None) -> tuple[str, ...]:
        return ("collection", "month_budget", "spent") if obj else ("collection", "month_budget")

    def get_readonly_fields(self, request: Any, obj: CollectionBudget | None = None) -> tuple[str, ...]:
        return ("collection", "spent") if obj else ()

    @admin.display(description="Spent this month, USD")
    def spent(self, budget: CollectionBudget) -> str:
        """What all its prompts have cost since the first of the month."""
        return f"{spent_on_collection(budget.collection_id):.4f}"

    def create(self, actor: Actor, data: dict[str, Any]) -> CollectionBudget:
        return self._set(actor, data["collection"].pk, data)

    def change(self, actor: Actor, obj: CollectionBudget, data: dict[str, Any]) -> CollectionBudget:
        return self._set(actor, obj.collection_id, data)

    @staticmethod
    def _set(actor: Actor, collection_id: int, data: dict[str, Any]) -> CollectionBudget:
        return set_collection_budget(
            actor=actor, collection_id=collection_id, month_budget=data["month_budget"]
        )
