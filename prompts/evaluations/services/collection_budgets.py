"""Set what evaluations of a collection may cost in a month."""

from decimal import Decimal

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.checks import check_decimal
from prompts.evaluations.events import COLLECTION_BUDGET_SET
from prompts.evaluations.models import CollectionBudget
from prompts.registry.models import Collection

LEAST, MOST = Decimal("0.01"), 100_000_000


@verb
def set_collection_budget(
    *, actor: Actor, collection_id: int, month_budget: Decimal | str | None
) -> CollectionBudget:
    """Sets the budget in USD; None takes it away. Runs see it at their next look.

    Raises ``NotThere``, ``Refused``, ``Unacceptable`` for an amount out of range.
    """
    ConfigurationPolicy(actor).require("configure")
    collection = Collection.objects.select_for_update().filter(pk=collection_id).first()
    if collection is None:
        raise NotThere("There is no such collection.")
    amount = None
    if month_budget not in (None, ""):
        amount = check_decimal(month_budget, "month_budget", least=LEAST, most=MOST, places=2)
    row = CollectionBudget.objects.filter(collection=collection).first()
    before = row.month_budget if row else None
    row = row or CollectionBudget(collection=collection)
    row.month_budget = amount
    row.save()
    payload = {"month_budget": ["" if one is None else format(one, "f") for one in (before, amount)]}
    record(
        event=COLLECTION_BUDGET_SET,
        actor=actor,
        subject_type="collection",
        subject=collection.slug,
        payload=payload,
    )
    return row
