"""What evaluations cost over time, as far as a person sees the prompts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from audits.identity.actors import Actor
from audits.identity.roles import ADMINISTRATOR, AUDITOR
from prompts.evaluations.models import CollectionBudget, Provider, Spending
from prompts.evaluations.services.budgets import this_month
from prompts.registry.querysets import collections_with

MONTHS = 12
MOST = 100
BAR = 160


@dataclass(frozen=True, slots=True)
class Month:
    """One month's sum in USD; ``share`` is its part of the dearest month, 0 to 160, for a bar.

    It is text with a point, whatever the page's language writes: SVG takes no comma.
    """

    month: date
    cost: Decimal
    answers: int
    share: str


def costs(actor: Actor, provider: str, prompt: str, month: str) -> dict[str, Any]:
    """Sums by month, by provider and by prompt; the filters are names, and a month as ``2026-11``."""
    seen = Spending.objects.visible_to(actor)
    told = sorted(seen.values_list("provider__name", flat=True).distinct().order_by())
    rows = seen.filter(**({"provider__name": provider} if provider else {}))
    if prompt:
        rows = rows.filter(prompt__name__istartswith=prompt)
    chosen = _month(month)
    of_month = rows.filter(month=chosen) if chosen else rows
    return {
        "months": _months(rows),
        "providers": _by(of_month, "provider__name"),
        "prompts": _by(of_month, "prompt__name", "prompt_id"),
        "all_providers": told,
        "chosen": {"provider": provider, "prompt": prompt, "month": chosen},
        "budgets": budgets(actor),
        "total": of_month.aggregate(sum=Sum("cost"))["sum"] or Decimal(0),
    }


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent this month, and what is; ``share`` of it from 0 to 160, for a bar."""

    what: str
    name: str
    most: Decimal
    spent: Decimal
    share: str

    @property
    def is_spent(self) -> bool:
        """Whether runs pause for it."""
        return self.spent >= self.most

    @property
    def used(self) -> Decimal:
        """The share that is spent, more than 1 where the last answers went over."""
        return self.spent / self.most if self.most else Decimal(1)


def budgets(actor: Actor) -> list[Budget]:
    """Budgets of the collections that the actor sees; those of providers, which all share, for few."""
    month = Spending.objects.filter(month=this_month())
    rows = CollectionBudget.objects.filter(
        collection__in=collections_with(actor, "view"), month_budget__isnull=False
    )
    told = [("collection", one.collection.slug, one.month_budget, one.collection_id)
            for one in rows.select_related("collection")]  # fmt: skip
    sums = dict(month.values_list("prompt__collection").annotate(sum=Sum("cost")).order_by())
    found = [_budget(what, name, most, sums.get(key)) for what, name, most, key in told]
    if actor.has_role(ADMINISTRATOR, AUDITOR):
        sums = dict(month.values_list("provider").annotate(sum=Sum("cost")).order_by())
        providers = Provider.objects.filter(month_budget__isnull=False).order_by("name")
        found += [_budget("provider", one.name, one.month_budget, sums.get(one.pk)) for one in providers]
    return found


def _budget(what: str, name: str, budget: Decimal | None, spent: Decimal | None) -> Budget:
    most, told = budget or Decimal(0), spent or Decimal(0)
    share = min(told / most, Decimal(1)) if most else Decimal(1)
    return Budget(what, name, most, told, f"{share * BAR:.1f}")


def _months(rows: Any) -> list[Month]:
    sums = list(
        rows.values("month").annotate(cost=Sum("cost"), answers=Sum("answers")).order_by("-month")[:MONTHS]
    )
    most = max((row["cost"] for row in sums), default=Decimal(0)) or Decimal(1)
    return [
        Month(one["month"], one["cost"], one["answers"], f"{one['cost'] / most * BAR:.1f}") for one in sums
    ]


def _by(rows: Any, *names: str) -> list[dict[str, Any]]:
    found = rows.values(*names).annotate(cost=Sum("cost"), answers=Sum("answers")).order_by("-cost", *names)
    return [{"name": one[names[0]], "key": one[names[-1]], **one} for one in found[:MOST]]


def _month(raw: str) -> date | None:
    try:
        return date.fromisoformat(f"{raw[:7]}-01") if raw else None
    except ValueError:
        return None
