"""What cannot be asked, and what takes too long: the rules themselves are in ``rules/``."""

import contextlib
import time

import pytest

from prompts.evaluations.graders import CannotGrade, Context, grade_one

CONTEXT = Context(vars={"city": "Bern"}, latency_ms=120, cost=0.002, finish_reason="stop")


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ({"type": "cintains", "value": "x"}, "unknown assertion"),
        ({"type": "llm-rubric", "value": "polite"}, "needs a provider"),
        ({"type": "not-similar", "value": "x"}, "needs an embedder"),
        ({"type": "classifier", "value": "x"}, "needs a provider"),
        ({"type": "moderation"}, "needs a provider"),
        ({"type": "pi", "value": "x"}, "needs a provider"),
        ({"type": "search-rubric", "value": "x"}, "needs a provider"),
        ({"type": "select-best", "value": "x"}, "needs outputs"),
        ({"type": "max-score"}, "needs another assertion"),
        ({"type": "webhook", "value": "https://example.org"}, "needs a way out"),
        ({"type": "python", "value": "1"}, "refused: python, .* cel assertion"),
        ({"type": "javascript", "value": "1"}, "refused"),
        ({"type": "ruby", "value": "1"}, "refused"),
        ({"type": "contains", "value": "file:///etc/passwd"}, "refused"),
        ({"type": "contains", "value": "x", "transform": "output"}, "refused"),
        ({"type": "contains"}, "needs a value"),
        ({"type": "latency", "threshold": "soon"}, "needs a number"),
        ({"type": "word-count", "value": {"min": 3, "max": 1}}, "min above its max"),
        ({}, "needs a type"),
        ("contains", "an object"),
    ],
)
def test_what_cannot_be_asked_says_why(assertion, words):
    with pytest.raises(CannotGrade, match=words):
        grade_one(assertion, "x", CONTEXT)


def test_a_pattern_without_end_is_stopped():
    grade_one({"type": "regex", "value": "a"}, "a", CONTEXT)
    began = time.monotonic()
    with pytest.raises(CannotGrade, match="took longer"):
        grade_one({"type": "regex", "value": "^(a+)+$"}, "a" * 50 + "b", CONTEXT)
    assert time.monotonic() - began < 5
    assert grade_one({"type": "regex", "value": "a"}, "a", CONTEXT).passed


@pytest.mark.parametrize(
    ("assertion", "output"),
    [
        ({"type": "contains-json"}, "{" * 200_000),
        ({"type": "contains-json"}, '{"a":' * 100_000),
        ({"type": "is-json"}, "[" * 200_000),
        ({"type": "contains-xml"}, "<a " * 200_000),
        ({"type": "contains-xml"}, "<!--" * 200_000),
        ({"type": "is-xml"}, "<a>" * 200_000),
        ({"type": "contains-html"}, "<a " * 200_000),
        ({"type": "tool-call-f1", "value": "a"}, "{\n" * 200_000),
        ({"type": "contains-sql"}, "(" * 200_000),
        ({"type": "is-refusal"}, "i cannot " * 100_000),
        ({"type": "word-count", "value": 1}, "a " * 1_000_000),
        ({"type": "rouge-n", "value": "a"}, "n't " * 500_000),
        ({"type": "rouge-n", "value": "a"}, "n't " * 50_000),
        ({"type": "contains-any", "value": '"' * 100_000}, "x"),
        ({"type": "trajectory:tool-used", "value": "*a" * 5_000}, "x"),
    ],
)
def test_hostile_input_ends_soon(assertion, output):
    context = Context(trace={"spans": [{"name": "a" * 10_000, "attributes": {"tool.name": "a" * 10_000}}]})
    began = time.monotonic()
    with contextlib.suppress(CannotGrade):
        grade_one(assertion, output, context)
    assert time.monotonic() - began < 30
