"""A run as a JUnit report: one test case for each case and provider."""

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import quoteattr

from django.db.models import Count, Q

from prompts.evaluations.models import Result, Run

# What XML 1.0 cannot hold, not even escaped.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_TEXT = 4000
PIECE = 500


def report(run: Run) -> Iterator[str]:
    """The report as lines of XML, in constant memory.

    Repeats of a case are one test case, which fails if one of them did.
    """
    counts = _counts(run)
    told = {
        "name": _legal(f"{run.prompt.name}:{run.version.number} {run.suite.name}"),
        "tests": str(sum(counts.values())),
        "failures": str(counts["fail"]),
        "errors": str(counts["error"]),
        "time": str(run.seconds or 0),
    }
    head = "".join(f" {name}={quoteattr(value)}" for name, value in told.items())
    yield f"<?xml version='1.0' encoding='utf-8'?>\n<testsuites><testsuite{head}>"
    rows = run.results.select_related("provider").order_by("case_name", "provider_id", "repeat")
    rows = rows.defer("reasoning", "tool_calls", "named_scores")
    for _, found in groupby(rows.iterator(PIECE), key=lambda row: (row.case_name, row.provider_id)):
        results = list(found)
        yield "\n" + Tree.tostring(_case(run, results, _worst(results)), encoding="unicode")
    yield "\n</testsuite></testsuites>\n"


def _counts(run: Run) -> dict[str, int]:
    """How many cases passed, failed and had errors, each with all its repeats."""
    each = (
        run.results.order_by()
        .values("case_name", "provider")
        .annotate(errors=Count("pk", filter=Q(state="error")), failures=Count("pk", filter=Q(state="fail")))
    )
    counts = {"error": 0, "fail": 0, "pass": 0}
    for errors, failures in each.values_list("errors", "failures").iterator(PIECE):
        counts["error" if errors else "fail" if failures else "pass"] += 1
    return counts


def _worst(results: list[Result]) -> str:
    states = {result.state for result in results}
    return next(state for state in ("error", "fail", "pass") if state in states)


def _case(run: Run, results: list[Result], state: str) -> Tree.Element:
    first = results[0]
    seconds = sum(result.latency_ms or 0 for result in results) / 1000
    case = Tree.Element(
        "testcase",
        classname=_legal(run.suite.name),
        name=_legal(f"{first.case_name} [{first.provider.name}]"),
        time=f"{seconds:.3f}",
    )
    if state != "pass":
        result = next(result for result in results if result.state == state)
        reason = result.error or _reason(result)
        told = Tree.SubElement(case, "failure" if state == "fail" else "error", message=_legal(reason)[:500])
        told.text = _legal(result.output)[:MOST_TEXT]
    return case


def _reason(result: Result) -> str:
    """Why it failed: the first assertion that did not hold."""
    return next((part["reason"] for part in result.assertions if not part["pass"]), "The score is too low.")


def _legal(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)
