"""A run as a JUnit report: one test case for each case and provider."""

import re
from itertools import groupby
from xml.etree import ElementTree as Tree

from prompts.evaluations.models import Result, Run

# What XML 1.0 cannot hold, not even escaped.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_TEXT = 4000


def report(run: Run) -> bytes:
    """The report as UTF-8 XML. Repeats of a case are one test case, which fails if one of them did."""
    rows = run.results.select_related("provider").order_by("case_name", "provider__name", "repeat")
    cases = [list(found) for _, found in groupby(rows, key=lambda row: (row.case_name, row.provider.name))]
    states = [_worst(found) for found in cases]
    suite = Tree.Element(
        "testsuite",
        name=_legal(f"{run.prompt.name}:{run.version.number} {run.suite.name}"),
        tests=str(len(cases)),
        failures=str(states.count("fail")),
        errors=str(states.count("error")),
        time=str(run.seconds or 0),
    )
    for found, state in zip(cases, states, strict=True):
        suite.append(_case(run, found, state))
    top = Tree.Element("testsuites")
    top.append(suite)
    told: bytes = Tree.tostring(top, encoding="utf-8", xml_declaration=True)
    return told


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
