"""What a call refers to: the version that was named, and the prices of its model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from audits.identity.actors import Actor
from prompts.evaluations.models import Provider
from prompts.registry.models import Prompt, Version

Named = tuple[str, int | None]


def versions_named(actor: Actor, named: Iterable[Named]) -> dict[Named, tuple[int, int | None]]:
    """(prompt id, version id) of each (name, number) within the actor's scope; the version id may be None."""
    named = set(named)
    if not named:
        return {}
    prompts = Prompt.objects.visible_to(actor).filter(name__in={name for name, _ in named})
    ids = dict(prompts.values_list("name", "pk"))
    numbers = {number for name, number in named if number is not None and name in ids}
    rows = Version.objects.filter(prompt__in=ids.values(), number__in=numbers)
    versions = {(prompt, number): pk for pk, prompt, number in rows.values_list("pk", "prompt_id", "number")}
    return {
        (name, number): (ids[name], versions.get((ids[name], number or 0)))
        for name, number in named
        if name in ids
    }


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens, as (in, out) by model name."""

    by_model: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def cost(self, call: Any) -> Decimal | None:
        """What the call cost in US dollars, or None where the model has no price or the tokens are unknown."""
        price = self.by_model.get(call.response_model or call.request_model)
        if price is None or call.input_tokens is None or call.output_tokens is None:
            return None
        dollars = (call.input_tokens * price[0] + call.output_tokens * price[1]) / Decimal(1_000_000)
        return dollars.quantize(Decimal("1e-10"))


def prices_of(models: set[str]) -> Prices:
    """Prices that active providers have for these models."""
    priced = Q(price_in__isnull=False, price_out__isnull=False, is_active=True, model__in=models - {""})
    rows = Provider.objects.filter(priced).values_list("model", "price_in", "price_out")
    return Prices({model: (price_in, price_out) for model, price_in, price_out in rows})
