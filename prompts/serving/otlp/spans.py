"""A span as both encodings give it."""

from dataclasses import dataclass, field
from typing import Any

Attributes = dict[str, Any]
LATEST_NS = 2**63 - 1


class Malformed(ValueError):
    """The payload is no OTLP trace request."""


@dataclass(slots=True)
class Span:
    """Times in nanoseconds since 1970; ``events`` are (name, attributes); ``failed`` is the status ERROR."""

    trace_id: str
    span_id: str
    name: str
    start_ns: int
    end_ns: int
    attributes: Attributes
    resource: Attributes
    failed: bool = False
    message: str = ""
    events: list[tuple[str, Attributes]] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    """The spans of one request, and how many of it could not be read."""

    spans: list[Span] = field(default_factory=list)
    rejected: int = 0
    reason: str = ""

    def reject(self, reason: str) -> None:
        """Counts one span that is left out; the first reason is told."""
        self.rejected += 1
        self.reason = self.reason or reason
