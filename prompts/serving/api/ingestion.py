"""``/api/public/ingestion``: batches of events, each answered for itself (207)."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from prompts.observability.services import add_scores, amend_calls, take_in_calls
from prompts.serving import bodies
from prompts.serving.endpoint import endpoint
from prompts.serving.http import BadRequest, answer
from prompts.serving.ingestion import Told

MOST = 5000


@endpoint(POST="")
def ingestion(request: HttpRequest) -> HttpResponse:
    """Takes in generations and scores; the key needs ``ingest`` for the ones and ``score`` for the others."""
    body = bodies.parse_json(bodies.read(request))
    events = body.get("batch") if isinstance(body, dict) else None
    if not isinstance(events, list) or len(events) > MOST:
        raise BadRequest(f"The body needs a list named batch, of at most {MOST} events.", field="batch")
    told, successes, errors = Told(), [], []
    for event in events:
        event = event if isinstance(event, dict) else {}
        name = str(event.get("id", ""))[:200]
        if fault := sort_in(request, told, event):
            errors.append({"id": name, **fault})
        else:
            successes.append({"id": name, "status": 201})
    store(request, told)
    return answer({"successes": successes, "errors": errors}, 207)


def sort_in(request: HttpRequest, told: Told, event: dict[str, Any]) -> dict[str, Any] | None:
    """Adds one event to what was told, if the key may tell it; else the fault."""
    needed = "score" if event.get("type") == "score-create" else "ingest"
    if not request.actor.verb(needed):  # type: ignore[attr-defined]
        return {"status": 403, "error": "forbidden", "message": f"This key does not hold the verb {needed}."}
    try:
        told.add(event)
    except BadRequest as error:
        return {"status": 400, "error": error.code, "message": error.message}
    return None


def store(request: HttpRequest, told: Told) -> None:
    """Stores what was told: new calls, then what completes earlier ones, then scores."""
    actor = request.actor  # type: ignore[attr-defined]
    if told.created:
        take_in_calls(actor=actor, calls=[told.call(body) for body in told.created.values()])
    if told.changed:
        changed = [told.call(body) for body in told.changed.values()]
        found = amend_calls(actor=actor, calls=changed)
        missed = [call for call in changed if call.span_id not in found and call.trace_id]
        take_in_calls(actor=actor, calls=missed)
    if told.scores:
        add_scores(actor=actor, scores=told.scores)
