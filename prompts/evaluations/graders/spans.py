"""``trace-span-count``, ``trace-span-duration`` and ``trace-error-spans``: what a run's spans were like."""

import re
from math import ceil
from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.globs import matches
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, quote, turned

WORDS_OF_ERROR = re.compile(r"error|failed|failure|exception|timeout|abort", re.IGNORECASE)
SHOWN = 3


def spans_of(asked: Asked) -> list[dict[str, Any]]:
    """The trace's spans; raises ``CannotGrade`` where there is no trace."""
    trace = asked.context.trace
    found = trace.get("spans") if trace else None
    if not isinstance(found, list):
        raise CannotGrade("needs trace.spans in the context")
    return [span for span in found if isinstance(span, dict)]


def _named(asked: Asked, pattern: Any) -> list[dict[str, Any]]:
    if not isinstance(pattern, str):
        raise CannotGrade(f"needs a text as pattern of {asked.type}")
    return [span for span in spans_of(asked) if matches(str(span.get("name", "")), pattern)]


def _value(asked: Asked) -> dict[str, Any]:
    if not isinstance(asked.value, dict):
        raise CannotGrade(f"needs an object as value of {asked.type}")
    return asked.value


def span_count(asked: Asked) -> Graded:
    """``{"pattern", "min", "max"}``: how many spans bear such a name."""
    value = _value(asked)
    if not value.get("pattern"):
        raise CannotGrade("needs a pattern in the value of trace-span-count")
    count = len(_named(asked, value["pattern"]))
    least, most = values.bound(value, "min"), values.bound(value, "max")
    holds = (least is None or count >= least) and (most is None or count <= most)
    wanted = [f"at least {plain(least)}"] * (least is not None) + [f"at most {plain(most)}"] * (
        most is not None
    )
    told = f", expected {' and '.join(wanted)}" if wanted else ""
    return turned(asked, holds, f"{count} spans are named like {quote(value['pattern'])}{told}")


def _milliseconds(span: dict[str, Any]) -> float | None:
    start, end = span.get("startTime"), span.get("endTime")
    if isinstance(start, int | float) and isinstance(end, int | float):
        return float(end - start)
    return None


def span_duration(asked: Asked) -> Graded:
    """``{"pattern", "max", "percentile"}``: the slowest span, or a percentile (nearest rank), in ms."""
    value = _value(asked)
    most, percentile = values.bound(value, "max"), values.bound(value, "percentile")
    if most is None:
        raise CannotGrade("needs a max in the value of trace-span-duration, in milliseconds")
    if percentile is not None and not 0 <= percentile <= 100:
        raise CannotGrade("needs a percentile between 0 and 100")
    named = _named(asked, value.get("pattern", "*"))
    took = sorted(found for span in named if (found := _milliseconds(span)) is not None)
    if not took:
        return turned(asked, True, "No span of that name has a beginning and an end")
    rank = len(took) if percentile is None else max(1, ceil(percentile / 100 * len(took)))
    found, what = (
        took[rank - 1],
        "The slowest span" if percentile is None else f"Percentile {plain(percentile)}",
    )
    side = "at most" if found <= most else "more than"
    return turned(asked, found <= most, f"{what} took {plain(found)} ms, {side} {plain(most)} ms")


def failed(span: dict[str, Any]) -> bool:
    """Whether a span tells of an error: by its status, its attributes or its message."""
    status = span.get("statusCode")
    if isinstance(status, int | float) and (status == 2 or status >= 400):
        return True
    attributes = span.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    for key in ("error", "exception", "failed", "failure"):
        if (
            attributes.get(key) is True
            or attributes.get(key) == "true"
            or isinstance(attributes.get(key), dict | list)
        ):
            return True
    http = attributes.get("http.status_code")
    if (
        isinstance(http, int | float | str)
        and re.fullmatch(r"\s*\d{1,9}(\.\d{1,9})?\s*", str(http))
        and float(http) >= 400
    ):
        return True
    if "ERROR" in (attributes.get("otel.status_code"), attributes.get("status.code")):
        return True
    return bool(WORDS_OF_ERROR.search(str(span.get("statusMessage") or "")))


def error_spans(asked: Asked) -> Graded:
    """A number, or ``{"max_count", "max_percentage", "pattern"}``; without them no error is allowed."""
    value = asked.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = {"max_count": value}
    value = value if isinstance(value, dict) else {}
    count, share = values.bound(value, "max_count"), values.bound(value, "max_percentage")
    if count is None and share is None:
        count = 0.0
    named = _named(asked, value.get("pattern") or "*")
    if not named:
        return turned(asked, True, "No span bears such a name")
    wrong = [span for span in named if failed(span)]
    rate = len(wrong) / len(named) * 100
    holds = (count is None or len(wrong) <= count) and (share is None or rate <= share)
    which = ", ".join(str(span.get("name", ""))[:80] for span in wrong[:SHOWN])
    return turned(
        asked,
        holds,
        f"{len(wrong)} of {len(named)} spans failed ({rate:.1f} %){': ' if which else ''}{which}",
    )
