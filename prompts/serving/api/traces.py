"""``/v1/traces`` and ``/api/public/otel/v1/traces``: OTLP over HTTP in protobuf and JSON, packed or not."""

from django.http import HttpRequest, HttpResponse

from prompts.observability.services import take_in_calls
from prompts.serving import bodies
from prompts.serving.endpoint import endpoint
from prompts.serving.http import BadRequest, answer, problem
from prompts.serving.otlp import jsonform, protobuf
from prompts.serving.otlp.genai import calls_of
from prompts.serving.otlp.spans import Malformed

PROTOBUF = ("application/x-protobuf", "application/protobuf", "application/octet-stream")


@endpoint(POST="ingest")
def traces(request: HttpRequest) -> HttpResponse:
    """Takes in the model calls among the spans; answers after they are stored, with what was rejected."""
    kind = (request.content_type or "").lower()
    if kind not in (*PROTOBUF, "application/json"):
        return problem("unsupported_media_type", "Send application/x-protobuf or application/json.", 415)
    body = bodies.read(request)
    try:
        batch = (
            jsonform.decode(bodies.parse_json(body)) if kind == "application/json" else protobuf.decode(body)
        )
        calls = calls_of(batch.spans)
    except (Malformed, RecursionError) as error:
        raise BadRequest(str(error)) from error
    take_in_calls(actor=request.actor, calls=calls)  # type: ignore[attr-defined]
    if kind == "application/json":
        return answer(jsonform.reply(batch))
    return HttpResponse(protobuf.reply(batch), content_type="application/x-protobuf")
