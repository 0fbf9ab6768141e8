"""What a call refers to: the version that was named, and the prices of its model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Q

from audits.identity.actors import Actor
from prompts.evaluations.models import Provider
from prompts.observability.models import Call
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


class Scored(Protocol):
    """What names the call of a score."""

    trace_id: str
    span_id: str


def calls_scored(actor: Actor, scores: Iterable[Scored]) -> dict[tuple[str, str], int]:
    """Ids of the calls that these scores speak of, told by the same key, by (trace id, span id).

    An empty span id stands for the first call of the trace, an empty trace id for any trace.
    """
    scores = list(scores)
    traces = {score.trace_id for score in scores if score.trace_id}
    spans = {score.span_id for score in scores if score.span_id and not score.trace_id}
    found: dict[tuple[str, str], int] = {}
    rows = Call.objects.filter(Q(trace_id__in=traces) | Q(span_id__in=spans), account=actor.name)
    for pk, trace_id, span_id in rows.order_by("-started_at").values_list("pk", "trace_id", "span_id"):
        found[trace_id, span_id] = found[trace_id, ""] = found["", span_id] = pk
    return found


MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens, as (in, cached, out) by model name."""

    by_model: dict[str, tuple[Decimal, Decimal, Decimal]] = field(default_factory=dict)

    def cost(self, call: Any) -> Decimal | None:
        """What the call cost in US dollars, or None where the model has no price or the tokens are unknown.

        Input tokens include cached ones, and those have a price of their own.
        """
        price = self.by_model.get(call.response_model) or self.by_model.get(call.request_model)
        if price is None or call.input_tokens is None or call.output_tokens is None:
            return None
        cached = min(call.cached_tokens or 0, call.input_tokens)
        dollars = (call.input_tokens - cached) * price[0] + cached * price[1] + call.output_tokens * price[2]
        return (dollars / MILLION).quantize(Decimal("1e-10"))


def prices_of(models: set[str]) -> Prices:
    """Prices that active providers have for these models."""
    priced = Q(price_in__isnull=False, price_out__isnull=False, is_active=True, model__in=models - {""})
    rows = Provider.objects.filter(priced).values_list("model", "price_in", "price_cached", "price_out")
    prices: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for model, into, cached, out in rows:
        if into is not None and out is not None:
            prices[model] = (into, into if cached is None else cached, out)
    return Prices(prices)
