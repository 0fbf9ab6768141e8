"""OTLP in."""

import gzip
import io
import json
import time
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from prompts.observability.models import Call

TRACES = "/v1/traces"
pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(key):
    return key("ingest", "read")


def span(**attributes):
    told = [{"key": key, "value": value} for key, value in attributes.items()]
    return {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
        "name": "chat",
        "startTimeUnixNano": "1795374921141544865",
        "endTimeUnixNano": "1795374921188197653",
        "attributes": told,
        "status": {},
    }


def payload(*spans):
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]}


def generation(name="bank/letter", version=1):
    return span(
        **{
            "langfuse.observation.type": {"stringValue": "generation"},
            "langfuse.observation.prompt.name": {"stringValue": name},
            "langfuse.observation.prompt.version": {"intValue": str(version)},
            "langfuse.observation.usage_details": {"stringValue": '{"input": 5, "output": 7}'},
        }
    )


@pytest.mark.parametrize("address", [TRACES, "/api/public/otel/v1/traces"])
def test_a_generation_is_tied_to_its_version(sender, release, address):
    version = release(name="bank/letter")
    answer = sender.post(address, payload(generation()))
    call = Call.objects.get()
    assert (answer.status_code, answer.json()) == (200, {})
    assert (call.prompt_id, call.version_id, call.input_tokens) == (version.prompt_id, version.pk, 5)


def test_a_prompt_outside_the_keys_scope_is_not_tied(key, release):
    release(name="bank/letter")
    key("ingest", collections=["elsewhere"]).post(TRACES, payload(generation()))
    call = Call.objects.get()
    assert (call.prompt, call.prompt_name) == (None, "bank/letter")


def test_the_same_span_twice_is_one_call(sender):
    for _ in range(2):
        assert sender.post(TRACES, payload(generation())).status_code == 200
    assert Call.objects.count() == 1


def test_protobuf_packed_with_gzip_is_taken(sender):
    request = ExportTraceServiceRequest()
    one = request.resource_spans.add().scope_spans.add().spans.add()
    one.trace_id, one.span_id, one.name = b"\x01" * 16, b"\x02" * 8, "chat"
    one.start_time_unix_nano = time.time_ns()
    pair = one.attributes.add()
    pair.key, pair.value.string_value = "gen_ai.request.model", "gpt-4o"
    body = gzip.compress(request.SerializeToString())
    answer = sender.post(TRACES, body, "application/x-protobuf", **{"Content-Encoding": "gzip"})
    assert answer["Content-Type"] == "application/x-protobuf"
    assert ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans == 0
    assert Call.objects.get().request_model == "gpt-4o"


def test_a_bomb_is_refused(sender):
    bomb = gzip.compress(b" " * (70 * 1024 * 1024))
    assert sender.post(TRACES, bomb, **{"Content-Encoding": "gzip"}).status_code == 413


@pytest.mark.parametrize("kind", ["agent", "tool", "span"])
def test_what_is_no_model_call_is_left_out(sender, kind):
    body = payload(span(**{"langfuse.observation.type": {"stringValue": kind}}))
    assert sender.post(TRACES, body).status_code == 200
    assert not Call.objects.exists()


def test_a_broken_span_is_counted_and_the_others_are_kept(sender):
    answer = sender.post(TRACES, payload({**generation(), "traceId": "xyz"}, generation()))
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"resourceSpans": 5}', "application/json"),
        (b'{"resourceSpans": [5]}', "application/json"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": {}}]}]}', "application/json"),
        (b"[" * 200_000, "application/json"),
        (b"\xff\xff\xff", "application/x-protobuf"),
    ],
)
def test_malformed_requests_answer_400(sender, body, kind):
    assert sender.post(TRACES, body, kind).status_code == 400


def test_another_media_type_answers_415(sender):
    assert sender.post(TRACES, b"x", "text/plain").status_code == 415


def test_odd_values_do_no_harm(sender):
    odd = span(
        **{
            "gen_ai.request.model": {"stringValue": "a\x00b\ud800"},
            "gen_ai.usage.input_tokens": {"intValue": "99999999999999999999"},
            "gen_ai.usage.output_tokens": {"doubleValue": -1.5},
            "gen_ai.input.messages": {"stringValue": "[" * 50_000},
            "llm.output_messages.x.y": {"arrayValue": {"values": [{"kvlistValue": {}}, {}]}},
            "gen_ai.response.finish_reasons": {"arrayValue": {"values": 5}},
        }
    )
    assert sender.post(TRACES, payload(odd)).status_code == 200
    call = Call.objects.get()
    assert (call.request_model, call.input_tokens, call.output_tokens) == ("a\ufffdb\ufffd", None, None)


def test_the_verb_ingest_is_needed(reader):
    assert reader.post(TRACES, payload(generation())).status_code == 403


OWN = Path(__file__).parent.parent / "fixtures" / "otlp"


def test_every_shared_sample_is_one_call_with_its_usage(sender, samples):
    folder = samples / "otlp" if samples else OWN
    index = json.loads((folder / "index.json").read_text())
    for entry in index:
        assert sender.post(TRACES, (folder / entry["file"]).read_bytes()).status_code == 200
    assert Call.objects.count() == len(index)
    for entry in index:
        told = json.loads((folder / entry["file"]).read_text())
        trace = told["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["traceId"]
        call, wanted = Call.objects.get(trace_id=trace), entry["recorded_usage"]
        assert call.response_model == wanted.get("response_model", "")
        assert bool(call.error) == (wanted["http_status"] >= 400)
        assert call.provider in {"openai", "anthropic"}
        if "reasoning-tokens" in entry["features"] and "otelv2" not in entry["file"]:
            assert call.reasoning_tokens == wanted["reasoning_tokens"]


@pytest.mark.parametrize(("most", "status"), [(10_000, 200), (100, 413)])
def test_a_body_in_chunks_has_no_length_and_is_read_up_to_the_bound(sender, settings, most, status):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = most
    body = json.dumps(payload(span(**{"gen_ai.request.model": {"stringValue": "m-1"}}))).encode()
    told = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    told["wsgi.input"] = io.BytesIO(body)
    answer = sender.client.post(TRACES, body, content_type="application/json", headers=sender.headers, **told)
    assert answer.status_code == status
    assert Call.objects.count() == (status == 200)
