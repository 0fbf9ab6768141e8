"""Take in calls: many at once, and any of them as often as the sender likes."""

from collections.abc import Sequence

from django.db import transaction

from audits.identity.actors import Actor
from prompts.observability.models import Call
from prompts.observability.policies import CallPolicy
from prompts.observability.records import CallData
from prompts.observability.selectors.links import prices_of, versions_named

BATCH = 500
FIELDS = tuple(CallData.__dataclass_fields__)


def take_in_calls(*, actor: Actor, calls: Sequence[CallData]) -> int:
    """Stores calls and returns how many were handed in; one that is there already stays as it is.

    A call is linked to a prompt version where the actor's key covers that prompt, and priced where a
    provider of that model has prices and nobody told the cost. Calls have no ledger entry each: they are
    too many. Raises ``Refused`` for an actor without the verb ``ingest``.
    """
    CallPolicy(actor).require("ingest")
    if not calls:
        return 0
    links = versions_named(actor, {(call.prompt_name, call.version_number) for call in calls if call.prompt_name})
    prices = prices_of({call.response_model or call.request_model for call in calls})
    rows = []
    for data in calls:
        values = {name: getattr(data, name) for name in FIELDS}
        if data.cost is None:
            values["cost"] = prices.cost(data)
        prompt, version = links.get((data.prompt_name, data.version_number), (None, None))
        rows.append(Call(account=actor.name, prompt_id=prompt, version_id=version, **values))
    with transaction.atomic():
        Call.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
