"""The results of a run as lines of a file, read from the database a piece at a time."""

import json
from collections.abc import Iterator
from typing import Any

from audits.exports.formats import csv_line
from prompts.evaluations.models import Override, Run

COLUMNS = (
    "run", "prompt", "version", "digest", "suite", "case", "case_digest", "provider", "model", "repeat",
    "verdict", "score", "override", "override_by", "override_reason", "output", "error", "reason",
    "latency_ms", "input_tokens", "output_tokens", "cost_usd", "finish_reason",
    "named_scores",
)  # fmt: skip
PIECE = 500


def rows_of(run: Run) -> Iterator[dict[str, Any]]:
    """Every result in the order of the run's page: errors, failures, passes, by name."""
    newest: dict[int, Override] = {}
    for override in Override.objects.filter(result__run=run).order_by("pk").iterator(PIECE):
        newest[override.result_id] = override
    rows = run.results.select_related("provider").order_by("state", "case_name", "pk")
    for row in rows.defer("reasoning", "tool_calls").iterator(PIECE):
        said = newest.get(row.pk)
        yield {
            "run": run.pk,
            "prompt": run.prompt.name,
            "version": run.version.number,
            "digest": run.version_digest,
            "suite": run.suite.name,
            "case": row.case_name,
            "case_digest": row.case_digest,
            "provider": row.provider.name,
            "model": row.response_model,
            "repeat": row.repeat,
            "verdict": row.state,
            "score": float(row.score),
            "override": said.verdict if said else "",
            "override_by": said.by_name if said else "",
            "override_reason": said.reason if said else "",
            "output": row.output,
            "error": row.error,
            "reason": next((one.get("reason", "") for one in row.assertions if not one.get("pass")), ""),
            "latency_ms": row.latency_ms,
            "input_tokens": row.input_tokens,
            "output_tokens": row.output_tokens,
            "cost_usd": None if row.cost is None else format(row.cost, "f"),
            "finish_reason": row.finish_reason,
            "named_scores": row.named_scores,
            "assertions": row.assertions,
        }


def as_csv(run: Run) -> Iterator[str]:
    """RFC 4180 with a head; no spreadsheet computes a cell."""
    yield csv_line(COLUMNS)
    for row in rows_of(run):
        yield csv_line(tuple(_cell(row[name]) for name in COLUMNS))


def _cell(value: Any) -> Any:
    """Metrics as JSON, none as nothing."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else value


def as_json(run: Run) -> Iterator[str]:
    """One JSON array, a result on each line."""
    before = "[\n"
    for row in rows_of(run):
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"
