"""Take in scores."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from prompts.observability.models import Score
from prompts.observability.policies import CallPolicy
from prompts.observability.records import ScoreData
from prompts.observability.selectors.links import calls_scored

REPLACED = (
    "trace_id",
    "span_id",
    "session",
    "call",
    "name",
    "value",
    "text",
    "comment",
    "source",
    "environment",
)


def add_scores(*, actor: Actor, scores: Sequence[ScoreData]) -> list[str]:
    """Stores scores and returns their keys; one with the key of an earlier one of this actor replaces it.

    A score is tied to its call if that has arrived; else its trace and span ids stand for it.
    Raises ``Refused`` without the verb ``score``, ``Unacceptable`` for a score without a name or a value.
    """
    CallPolicy(actor).require("score")
    rows: dict[str, Score] = {}
    calls = calls_scored(actor, scores)
    for data in scores:
        if not data.name or (data.value is None and not data.text):
            raise Unacceptable("A score has a name, and a number or a word as its value.", field="value")
        key = data.key or uuid.uuid4().hex
        values = {name: getattr(data, name) for name in REPLACED if name != "call"}
        rows[key] = Score(
            key=key,
            account=actor.name,
            scored_at=data.scored_at,
            call_id=calls.get((data.trace_id, data.span_id)),
            **values,
        )
    with transaction.atomic():
        Score.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["account", "key"],
            update_fields=[*REPLACED, "scored_at"],
        )
    return list(rows)
