"""Store answers that a recorded provider gives back."""

from collections.abc import Iterable
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.events import ANSWERS_RECORDED
from prompts.evaluations.models import Provider, RecordedAnswer
from prompts.evaluations.policies import ProviderPolicy
from prompts.evaluations.providers.answers import Answer, question_digest
from prompts.evaluations.rendering import as_sent
from prompts.evaluations.snapshots import digest_of

FIELDS = (
    "output", "reasoning", "tool_calls", "input_tokens", "output_tokens", "latency_ms", "finish_reason",
    "response_model", "label",
)  # fmt: skip


@verb
def record_answers(
    *, actor: Actor, provider_id: int, answers: Iterable[tuple[list[dict[str, Any]], Answer]]
) -> int:
    """Stores pairs of rendered messages and answer; a question answered before gets the new answer.

    Every answer carries a ``label`` that says where it comes from. Returns how many were stored.
    """
    ProviderPolicy(actor).require("configure")
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise NotThere("There is no such provider.")
    if provider.kind != Provider.Kind.RECORDED:
        raise Unacceptable(
            f"{provider.name} asks a model; only a recorded provider holds answers.", field="provider"
        )
    rows: dict[str, RecordedAnswer] = {}
    for messages, answer in answers:
        if not answer.label:
            raise Unacceptable("A recorded answer says in its label where it comes from.", field="label")
        digest = question_digest(as_sent(messages))
        given = {name: getattr(answer, name) for name in FIELDS}
        rows[digest] = RecordedAnswer(provider=provider, request_digest=digest, **given)
    there = dict(provider.recorded_answers.values_list("request_digest", "pk"))
    RecordedAnswer.objects.bulk_create([row for key, row in rows.items() if key not in there])
    again = [row for key, row in rows.items() if key in there]
    for row in again:
        row.pk = there[row.request_digest]
    RecordedAnswer.objects.bulk_update(again, FIELDS, batch_size=200)
    payload = {
        "answers": len(rows),
        "digest": digest_of(sorted([key, row.output] for key, row in rows.items())),
    }
    record(
        event=ANSWERS_RECORDED, actor=actor, subject_type="provider", subject=provider.name, payload=payload
    )
    return len(rows)
