"""OTLP in protobuf (opentelemetry-proto, collector/trace/v1)."""

from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from prompts.serving.otlp.spans import LATEST_NS, Attributes, Batch, Malformed, Span

DEEPEST = 20


def decode(body: bytes) -> Batch:
    """The spans of a request; raises ``Malformed``."""
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except (DecodeError, RecursionError) as error:
        raise Malformed("The body is no ExportTraceServiceRequest in protobuf.") from error
    batch = Batch()
    for group in request.resource_spans:
        resource = attributes(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                if max(span.start_time_unix_nano, span.end_time_unix_nano) > LATEST_NS:
                    batch.reject("A span's time is out of range.")
                    continue
                if len(span.trace_id) != 16 or len(span.span_id) != 8 or not any(span.trace_id):
                    batch.reject("A span has no valid trace and span id.")
                    continue
                batch.spans.append(
                    Span(
                        trace_id=span.trace_id.hex(),
                        span_id=span.span_id.hex(),
                        name=span.name,
                        start_ns=span.start_time_unix_nano,
                        end_ns=span.end_time_unix_nano,
                        attributes=attributes(span.attributes),
                        resource=resource,
                        failed=span.status.code == Status.STATUS_CODE_ERROR,
                        message=span.status.message,
                        events=[(event.name, attributes(event.attributes)) for event in span.events],
                    )
                )
    return batch


def attributes(pairs: Any) -> Attributes:
    """Key-value pairs as a dict of plain values."""
    return {pair.key: plain(pair.value) for pair in pairs}


def plain(value: Any, depth: int = 0) -> Any:
    """An AnyValue as text, number, list or dict; nothing below the depth bound."""
    kind = value.WhichOneof("value")
    if kind in {"string_value", "int_value", "bool_value", "double_value"}:
        return getattr(value, kind)
    if kind is None or depth > DEEPEST:
        return None
    if kind == "array_value":
        return [plain(item, depth + 1) for item in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: plain(pair.value, depth + 1) for pair in value.kvlist_value.values}
    return value.bytes_value.hex() if kind == "bytes_value" else None


def reply(batch: Batch) -> bytes:
    """The response in protobuf."""
    response = ExportTraceServiceResponse()
    if batch.rejected:
        response.partial_success.rejected_spans = batch.rejected
        response.partial_success.error_message = batch.reason
    return response.SerializeToString()
