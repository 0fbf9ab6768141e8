"""Events of the SDKs that came before OTLP: generations told in parts, traces and scores."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prompts.observability.records import CallData, ScoreData, clean, count, decimal, milliseconds
from prompts.serving.http import BadRequest
from prompts.serving.otlp.genai import USAGE_NAMES, first
from prompts.serving.otlp.messages import as_text, said
from prompts.serving.scores import moment, to_score

GENERATIONS = {"generation-create", "generation-update", "observation-create", "observation-update"}
TAKEN_ONLY = {"span-create", "span-update", "event-create", "sdk-log"}
"""Taken and not kept: only model calls, their traces' user and session, and scores are."""


@dataclass(slots=True)
class Told:
    """What a batch says: generations begun, generations continued, traces and scores, each by its id."""

    created: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    traces: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: list[ScoreData] = field(default_factory=list)

    def add(self, event: dict[str, Any]) -> str:
        """Sorts one event in and returns the verb that it needs; raises ``BadRequest``."""
        kind, body = event.get("type"), event.get("body")
        if not isinstance(kind, str) or not isinstance(body, dict):
            raise BadRequest("An event needs a type and a body.")
        if kind == "score-create":
            self.scores.append(to_score({"timestamp": event.get("timestamp"), **body}))
            return "score"
        if kind in TAKEN_ONLY:
            return "ingest"
        if kind not in {*GENERATIONS, "trace-create"}:
            raise BadRequest(f"The event type {kind[:60]!r} is not known here.")
        if kind.startswith("observation") and body.get("type") != "GENERATION":
            return "ingest"
        name = body.get("id")
        if not isinstance(name, str) or not name or len(name) > 64:
            raise BadRequest("The body needs an id of at most 64 characters.")
        self._keep(
            kind, name, {"startTime": event.get("timestamp")} if kind.endswith("-create") else {}, body
        )
        return "ingest"

    def _keep(self, kind: str, name: str, base: dict[str, Any], body: dict[str, Any]) -> None:
        said_now = {key: value for key, value in body.items() if value is not None}
        if kind == "trace-create":
            self.traces.setdefault(name, {}).update(said_now)
        elif kind.endswith("-create"):
            self.created.setdefault(name, base).update(said_now)
        else:
            target = self.created.get(name)
            (self.changed.setdefault(name, {}) if target is None else target).update(said_now)

    def call(self, body: dict[str, Any]) -> CallData:
        """A generation as a call; user and session come from its trace."""
        trace_id = clean(body.get("traceId"), 64)
        trace = self.traces.get(trace_id, {})
        start, end = moment(body.get("startTime")), moment(body.get("endTime"))
        output, reasoning = answer_of(body.get("output"))
        return CallData(
            trace_id=trace_id,
            span_id=clean(body["id"], 64),
            started_at=start or datetime.now(UTC),
            ended_at=end,
            name=clean(body.get("name"), 200),
            request_model=clean(body.get("model"), 200),
            cost=cost_of(body),
            latency_ms=milliseconds((end - start).total_seconds()) if start and end else None,
            prompt_name=clean(body.get("promptName"), 255),
            version_number=count(body.get("promptVersion")),
            environment=clean(body.get("environment") or trace.get("environment"), 80),
            session=clean(trace.get("sessionId"), 200),
            user=clean(trace.get("userId"), 200),
            error=clean(body.get("statusMessage") or "error") if body.get("level") == "ERROR" else "",
            input=clean(as_text(body.get("input"))),
            output=clean(output),
            reasoning=clean(reasoning),
            **usage_of(body),
        )


def answer_of(output: Any) -> tuple[str, str]:
    """(text, reasoning) of an output, which may be a text, a message or anything else."""
    messages = output if isinstance(output, list) else [output]
    if messages and all(isinstance(item, dict) and "role" in item for item in messages):
        return said(messages)
    return as_text(output), ""


def usage_of(body: dict[str, Any]) -> dict[str, Any]:
    """Counts of tokens from ``usageDetails``, or from the older ``usage``."""
    details = body.get("usageDetails") or body.get("usage")
    if not isinstance(details, dict):
        return {}
    return {name: count(first(details, *names)) for name, names in USAGE_NAMES.items()}


def cost_of(body: dict[str, Any]) -> Any:
    """US dollars as told, or None."""
    costs, usage = body.get("costDetails"), body.get("usage")
    if isinstance(costs, dict) and (total := decimal(costs.get("total"))) is not None:
        return total
    return decimal(usage.get("totalCost")) if isinstance(usage, dict) else None
