"""Take in calls: many at once, and any of them as often as the sender likes."""

from collections.abc import Sequence

from django.db import transaction

from audits.identity.actors import Actor
from prompts.observability.models import Call, Score
from prompts.observability.policies import CallPolicy
from prompts.observability.records import CallData
from prompts.observability.selectors.links import calls_scored, prices_of, versions_named

BATCH = 500
FIELDS = tuple(name for name in CallData.__dataclass_fields__ if name != "ended_at")


def take_in_calls(*, actor: Actor, calls: Sequence[CallData]) -> int:
    """Stores calls and returns how many were handed in; one that is there already stays as it is.

    A call is linked to a prompt version where the actor's key covers that prompt, and priced where a
    provider of that model has prices and nobody told the cost. Calls have no ledger entry each: they are
    too many. Raises ``Refused`` for an actor without the verb ``ingest``.
    """
    CallPolicy(actor).require("ingest")
    if not calls:
        return 0
    links = versions_named(
        actor, {(call.prompt_name, call.version_number) for call in calls if call.prompt_name}
    )
    prices = prices_of({model for call in calls for model in (call.response_model, call.request_model)})
    home = only_environment(actor)
    rows = []
    for data in calls:
        values = {name: getattr(data, name) for name in FIELDS}
        values["environment"] = data.environment or home
        if data.cost is None:
            values["cost"] = prices.cost(data)
        prompt, version = links.get((data.prompt_name, data.version_number), (None, None))
        rows.append(Call(account=actor.name, prompt_id=prompt, version_id=version, **values))
    with transaction.atomic():
        Call.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        tie_early_scores(actor, {call.trace_id for call in calls})
    return len(rows)


def only_environment(actor: Actor) -> str:
    """Where a key works that serves one environment: SDKs do not tell a call's environment by default."""
    served = actor.account.environments if actor.account is not None else []
    return served[0] if len(served) == 1 else ""


def tie_early_scores(actor: Actor, traces: set[str]) -> None:
    """Ties scores that came before the calls they speak of; there are few, as SDKs send both at once."""
    waiting = list(Score.objects.filter(account=actor.name, call__isnull=True, trace_id__in=traces))
    if not waiting:
        return
    told = calls_scored(actor, waiting)
    for score in waiting:
        score.call_id = told.get((score.trace_id, score.span_id))
    Score.objects.bulk_update(waiting, ["call"])
