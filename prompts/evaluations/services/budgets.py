"""What is spent, and whether a run may spend more."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.ledger.services import record
from prompts.evaluations.events import BUDGET_SPENT
from prompts.evaluations.models import CollectionBudget, Provider, Result, Run, Spending


def this_month() -> date:
    """The first day of the month, in UTC."""
    return timezone.now().date().replace(day=1)


def spend(run: Run, results: Sequence[Result]) -> None:
    """Adds up what these new results of the run cost; call it in the transaction that stores them."""
    month = this_month()
    spent: dict[int, list[Decimal]] = {}
    for one in results:
        if one.cost is not None:
            spent.setdefault(one.provider_id, []).append(one.cost)
        if one.judge_cost is not None and run.judge:
            spent.setdefault(run.judge["id"], []).append(one.judge_cost)
    # In one order, so that two runs never wait for each other.
    for provider, costs in sorted(spent.items()):
        key = {"provider_id": provider, "prompt_id": run.prompt_id, "month": month}
        Spending.objects.bulk_create([Spending(**key)], ignore_conflicts=True)
        Spending.objects.filter(**key).update(
            cost=F("cost") + sum(costs, Decimal(0)), answers=F("answers") + len(costs)
        )


def why_spent(run: Run) -> str:
    """Why the run may spend no more, in words; empty where it may."""
    if run.budget is not None and Run.objects.filter(pk=run.pk, cost__gte=F("budget")).exists():
        return f"Its budget of {run.budget:f} USD is used up."
    for provider in _asked(run):
        if provider.month_budget is not None and spent_this_month(provider) >= provider.month_budget:
            return (
                f"The budget of {provider.name}, {provider.month_budget.normalize():f} USD for this month, "
                "is used up."
            )
    most = collection_budget(run.prompt.collection_id)
    if most is not None and spent_on_collection(run.prompt.collection_id) >= most:
        return (
            f"The budget of the collection {run.prompt.collection}, {most.normalize():f} USD for this month, "
            "is used up."
        )
    return ""


def has_budget(run: Run) -> bool:
    """Whether money may stop the run."""
    if run.budget is not None or collection_budget(run.prompt.collection_id) is not None:
        return True
    return _asked(run).filter(month_budget__isnull=False).exists()


def _asked(run: Run) -> QuerySet[Provider]:
    asked = [one["id"] for one in run.providers] + ([run.judge["id"]] if run.judge else [])
    return Provider.objects.filter(pk__in=asked).order_by("name")


def spent_this_month(provider: Provider) -> Decimal:
    """What all prompts together have spent on it since the first of the month, in USD."""
    rows = Spending.objects.filter(provider=provider, month=this_month())
    return rows.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)


def collection_budget(collection_id: int) -> Decimal | None:
    """The most that evaluations of a collection's prompts may cost in a month, in USD; None for no limit."""
    rows = CollectionBudget.objects.filter(collection=collection_id)
    return rows.values_list("month_budget", flat=True).first()


def spent_on_collection(collection_id: int) -> Decimal:
    """What its prompts have cost since the first of the month, at all providers together, in USD."""
    rows = Spending.objects.filter(prompt__collection=collection_id, month=this_month())
    return rows.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)


def tell_spent(*, actor: Actor, run: Run, reason: str) -> None:
    """Tells the trail, and thereby people, that a run stands still for want of money."""
    payload = {"run": run.pk, "results": run.done, "requested_by": run.requested_by_name}
    record(
        event=BUDGET_SPENT,
        actor=actor,
        subject_type="prompt",
        subject=run.prompt.name,
        reason=reason,
        payload=payload,
    )


def check_prices(
    providers: Sequence[Provider], *, budget: Decimal | None, field: str, collection_id: int
) -> None:
    """Raises ``Unacceptable`` where a budget cannot be kept because a price is unknown.

    ``budget`` is the run's own; that of the collection and those of the providers are looked up.
    """
    of_collection = collection_budget(collection_id)
    for provider in providers:
        if provider.kind == Provider.Kind.RECORDED or provider.has_prices:
            continue
        if budget is not None:
            raise Unacceptable(
                f"The prices of {provider.name} are unknown, so a budget cannot be kept.", field="budget"
            )
        if of_collection is not None:
            raise Unacceptable(
                f"The collection has a budget for the month, and the prices of {provider.name} are unknown.",
                field=field,
            )
        if provider.month_budget is not None:
            raise Unacceptable(
                f"{provider.name} has a budget for the month, and its prices are unknown.", field=field
            )
