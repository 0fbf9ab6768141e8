"""Complete calls that were told in two parts, as older SDKs do."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.ledger.services import record
from audits.ledger.services.record_event import timestamp
from prompts.observability.events import CALLS_AMENDED
from prompts.observability.hours import closes, hour_of
from prompts.observability.models import Call, HourDigest
from prompts.observability.policies import CallPolicy
from prompts.observability.records import CallData, milliseconds
from prompts.observability.selectors.links import prices_of, versions_named

SKIPPED = {"trace_id", "span_id", "started_at", "ended_at"}
FIELDS = tuple(name for name in CallData.__dataclass_fields__ if name not in SKIPPED)


def amend_calls(*, actor: Actor, calls: Sequence[CallData]) -> set[str]:
    """Adds to stored calls what is told now, and returns the span ids that were found.

    Only the key that told a call may add to it, and an empty field takes nothing away. What is added to an
    hour whose digest is in the ledger, or may be on its way, is an entry there.
    Raises ``Refused`` for an actor without the verb ``ingest``.
    """
    CallPolicy(actor).require("ingest")
    told = {call.span_id: call for call in calls}
    links = versions_named(
        actor, {(call.prompt_name, call.version_number) for call in calls if call.prompt_name}
    )
    prices = prices_of({model for call in calls for model in (call.response_model, call.request_model)})
    with transaction.atomic():
        rows = Call.objects.select_for_update().filter(account=actor.name, span_id__in=told)
        found = [row for row in rows if told[row.span_id].trace_id in ("", row.trace_id)]
        for row in found:
            data = told[row.span_id]
            if data.latency_ms is None and data.ended_at is not None:
                row.latency_ms = milliseconds((data.ended_at - row.started_at).total_seconds())
            for name in FIELDS:
                value = getattr(data, name)
                if value not in ("", None):
                    setattr(row, name, value)
            if row.cost is None:
                row.cost = prices.cost(row)
            if data.prompt_name:
                row.prompt_id, row.version_id = links.get(
                    (data.prompt_name, data.version_number), (None, None)
                )
        Call.objects.bulk_update(found, [*FIELDS, "prompt", "version"], batch_size=100)
        _tell(actor, found)
    return {row.span_id for row in found}


def _tell(actor: Actor, found: Sequence[Call]) -> None:
    now = timezone.now()
    for hour, count in sorted(Counter(hour_of(row.received_at) for row in found).items()):
        if now >= closes(hour):
            record(
                event=CALLS_AMENDED,
                actor=actor,
                subject_type="calls",
                subject=str(HourDigest(hour=hour)),
                payload={"from": timestamp(hour), "calls": count},
            )
