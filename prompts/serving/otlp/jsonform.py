"""OTLP in JSON: ids in hexadecimal, 64-bit numbers as texts (OTLP specification, JSON encoding)."""

import re
from typing import Any

from prompts.serving.otlp.spans import LATEST_NS, Attributes, Batch, Malformed, Span

TRACE_ID, SPAN_ID = re.compile("[0-9a-fA-F]{32}"), re.compile("[0-9a-fA-F]{16}")
ERROR = {2, "2", "STATUS_CODE_ERROR"}


def decode(value: Any) -> Batch:
    """The spans of a parsed request; raises ``Malformed`` where the frame itself is none."""
    if not isinstance(value, dict) or not isinstance(value.get("resourceSpans", []), list):
        raise Malformed("The body needs a list resourceSpans.")
    batch = Batch()
    for group in objects(value.get("resourceSpans"), "resourceSpans"):
        resource_part = group.get("resource") or {}
        resource = attributes(resource_part.get("attributes")) if isinstance(resource_part, dict) else {}
        for scope in objects(group.get("scopeSpans"), "scopeSpans"):
            for span in objects(scope.get("spans"), "spans"):
                try:
                    batch.spans.append(read(span, resource))
                except Malformed as error:
                    batch.reject(str(error))
    return batch


def objects(value: Any, name: str) -> list[dict[str, Any]]:
    """A list of objects; raises ``Malformed``."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed(f"{name} must be a list of objects.")
    return value


def read(span: dict[str, Any], resource: Attributes) -> Span:
    """One span; raises ``Malformed``."""
    trace_id, span_id = str(span.get("traceId", "")), str(span.get("spanId", ""))
    if not TRACE_ID.fullmatch(trace_id) or not SPAN_ID.fullmatch(span_id) or not trace_id.strip("0"):
        raise Malformed("A span has no valid trace and span id.")
    status = span.get("status") or {}
    if not isinstance(status, dict):
        raise Malformed("A span's status must be an object.")
    return Span(
        trace_id=trace_id.lower(),
        span_id=span_id.lower(),
        name=str(span.get("name", "")),
        start_ns=nanoseconds(span.get("startTimeUnixNano")),
        end_ns=nanoseconds(span.get("endTimeUnixNano")),
        attributes=attributes(span.get("attributes")),
        resource=resource,
        failed=status.get("code") in ERROR if isinstance(status.get("code"), int | str) else False,
        message=str(status.get("message", "")),
        events=[
            (str(event.get("name", "")), attributes(event.get("attributes")))
            for event in objects(span.get("events"), "events")
        ],
    )


def nanoseconds(value: Any) -> int:
    """A time, 0 where none is given; raises ``Malformed``."""
    if value in (None, ""):
        return 0
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 20 or int(text) > LATEST_NS:
        raise Malformed("A span's time must be nanoseconds since 1970.")
    return int(text)


def attributes(pairs: Any) -> Attributes:
    """Key-value pairs as a dict of plain values; raises ``Malformed``."""
    return {str(pair.get("key", "")): plain(pair.get("value")) for pair in objects(pairs, "attributes")}


def plain(value: Any) -> Any:
    """An AnyValue as text, number, list or dict."""
    if not isinstance(value, dict):
        return None
    for kind, content in value.items():
        if kind in {"stringValue", "boolValue", "doubleValue", "bytesValue"}:
            return content
        if kind == "intValue":
            text = str(content)
            return int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None
        inner = content.get("values") if isinstance(content, dict) else None
        if kind == "arrayValue":
            return [plain(item) for item in inner or []] if isinstance(inner, list | None) else None
        if kind == "kvlistValue":
            return attributes(inner)
    return None


def reply(batch: Batch) -> dict[str, Any]:
    """The response; a 64-bit count is a text in this encoding."""
    if not batch.rejected:
        return {}
    return {"partialSuccess": {"rejectedSpans": str(batch.rejected), "errorMessage": batch.reason}}
