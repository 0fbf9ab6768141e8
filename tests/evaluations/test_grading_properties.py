"""What holds of every assertion, whatever it is asked."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prompts.evaluations.grade_lines import answer_to
from prompts.evaluations.graders import Context, Tools, globs
from prompts.evaluations.graders.grading import grade_one
from prompts.evaluations.graders.javascript import json_text, number_text
from prompts.evaluations.graders.names import DETERMINISTIC

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SAID = ["pattern", "name", "min", "max", "args", "steps", "requiredElements", "databaseType", "type"]
VALUES = JSON | st.dictionaries(st.sampled_from(SAID), JSON, max_size=3)
QUICK = sorted(set(DETERMINISTIC) - {"cel", "is-html", "contains-html", "is-sql", "contains-sql", "webhook"})
KNOWN = {
    "latency_ms": 5, "cost": 0.1, "finish_reason": "stop", "logprobs": [-0.1],
    "guardrails": {"flagged": False},
    "provider_config": {"functions": [], "tools": []}, "response_metadata": {"skillCalls": []},
    "trace": {"spans": [{"name": "a", "startTime": 1, "endTime": 2, "attributes": {"tool.name": "t"}}]},
}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(QUICK), VALUES, JSON, st.none() | JSON, st.booleans())
def test_every_line_is_answered(kind, value, output, threshold, inverse):
    assertion = {"type": f"not-{kind}" if inverse else kind, "value": value, "threshold": threshold}
    line = {"output": output, "assert": assertion, "context": KNOWN}
    found = json.loads(json.dumps(answer_to(json.loads(json.dumps(line)), Tools())))
    assert not found.get("error", "").startswith("cannot be graded"), found
    assert "error" in found or isinstance(found["pass"], bool)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_a_context_of_any_shape_is_answered(context):
    found = answer_to(
        {"output": "x", "assert": {"type": "latency", "threshold": 1}, "context": context}, Tools()
    )
    assert "error" in found


FLIPPED = [
    "equals",
    "contains",
    "icontains",
    "starts-with",
    "word-count",
    "levenshtein",
    "is-json",
    "contains-json",
]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FLIPPED), st.text(min_size=1, max_size=8), st.text(max_size=12))
def test_not_turns_the_verdict_round(kind, value, output):
    plain = answer_to({"output": output, "assert": {"type": kind, "value": value}}, Tools())
    turned = answer_to({"output": output, "assert": {"type": f"not-{kind}", "value": value}}, Tools())
    if "error" not in plain:
        assert plain["pass"] is not turned["pass"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=6))
def test_the_score_is_the_weighted_mean(members):
    wanted = [
        {"type": "contains", "value": "a" if holds else "z", "weight": weight} for holds, weight in members
    ]
    found = answer_to({"output": "a", "assert": wanted}, Tools())
    whole = sum(weight for _, weight in members)
    assert found["score"] == (sum(w for holds, w in members if holds) / whole if whole else 0.0)
    assert found["pass"] is all(holds or not weight for holds, weight in members)


@pytest.mark.parametrize(
    ("name", "pattern", "holds"),
    [
        ("a.b", "a.*", True), ("A.B", "a.?", True), ("ab", "a?b", False), ("abc", "*", True), ("", "*", True),
        ("", "?", False), ("a[b]", "a[b]", True), ("axxbyyc", "a*b*c", True), ("axxbyyd", "a*b*c", False),
    ],
)  # fmt: skip
def test_names_are_compared_with_stars(name, pattern, holds):
    assert globs.matches(name, pattern) is holds


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.0, "1"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-7, "1e-7"),
        (1.5e-5, "0.000015"),
        (-2, "-2"),
    ],
)
def test_numbers_are_printed_as_javascript_prints_them(value, told):
    assert number_text(value) == told


def test_structured_outputs_are_the_text_that_javascript_makes_of_them():
    assert json_text({"a": [1.0, None, "é"]}) == '{"a":[1,null,"é"]}'
    assert grade_one({"type": "equals", "value": '{"a":1}'}, {"a": 1.0}, Context()).passed
