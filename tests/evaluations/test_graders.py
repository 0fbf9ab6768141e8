"""Every assertion by a table: type, value, output, whether it passes."""

import time

import pytest

from prompts.evaluations.graders import CannotGrade, Context, grade_one

CONTEXT = Context(
    vars={"city": "Bern", "deep": {"part": 7}}, latency_ms=120, cost=0.002, finish_reason="stop"
)
SCHEMA = {"type": "object", "required": ["name"], "properties": {"age": {"type": "integer", "minimum": 0}}}

TABLE = [
    ("equals", "Yes.", "Yes.", True),
    ("equals", "Yes.", "Yes. ", False),
    ("equals", 5, "5", True),
    ("equals", True, "true", True),
    ("equals", {"a": [1, 2]}, '{"a": [1, 2.0]}', True),
    ("equals", {"a": 1}, '{"a": true}', False),
    ("equals", {"a": 1}, "no JSON", False),
    ("not-equals", {"a": 1}, "no JSON", True),
    ("contains", "bern", "Bern", False),
    ("icontains", "bern", "In BERN", True),
    ("contains", 0, "10 %", True),
    ("contains", "{{city}}", "Bern it is", True),
    ("contains", "{{ deep.part }}", "number 7", True),
    ("not-contains", "Basel", "Bern", True),
    ("contains-any", ["x", "Bern"], "Bern", True),
    ("contains-any", "x, Bern", "Bern", True),
    ("contains-any", '"1,000", y', "1,000", True),
    ("contains-all", ["a", "b"], "abc", True),
    ("contains-all", ["a", "z"], "abc", False),
    ("icontains-all", ["A", "b"], "aB", True),
    ("icontains-any", ["Q", "b"], "aB", True),
    ("starts-with", "Dear", "Dear Ms Roth", True),
    ("starts-with", "Dear", "My Dear", False),
    ("ends-with", "regards", "Kind regards", True),
    ("regex", r"\d{4}-\d{2}", "on 2026-03", True),
    ("regex", "^end$", "end\n", False),
    ("regex", r"(?<year>\d+)\sCHF", "300\u00a0CHF", True),
    ("regex", "a.b", "a\u2028b", False),
    ("regex", "[^]b", "\nb", True),
    ("regex", "(", "(", False),
    ("regex", r"\d", "\u0663", False),
    ("not-regex", r"\d", "none", True),
    ("is-json", None, "[1, 2]", True),
    ("is-json", None, "NaN", False),
    ("is-json", None, '```json\n{"a": 1}\n```', False),
    ("is-json", SCHEMA, '{"name": "A", "age": 3}', True),
    ("is-json", SCHEMA, '{"name": "A", "age": -1}', False),
    ("is-json", "type: array", "[]", True),
    ("is-json", {"type": 12}, "[]", False),
    ("is-json", {"$ref": "http://127.0.0.1:9/schema"}, "[]", False),
    ("not-is-json", SCHEMA, '{"age": 1}', True),
    ("contains-json", None, 'Here: {"a": 1}.', True),
    ("contains-json", None, "none {here", False),
    ("contains-json", SCHEMA, 'first {"age": 1} then {"name": "B"}', True),
    ("is-xml", None, "<a><b/></a>", True),
    ("is-xml", {"requiredElements": ["a.b"]}, "<a><b/></a>", True),
    ("is-xml", {"requiredElements": ["a.c"]}, "<a><b/></a>", False),
    ("is-xml", None, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', False),
    ("word-count", 3, "one two  three", True),
    ("word-count", {"min": 2, "max": 3}, "one", False),
    ("word-count", {"max": 3}, "one", True),
    ("character-count", {"max": 2}, "😀", True),
    ("levenshtein", "kitten", "sitting", True),
    ("levenshtein", "kitten", "completely else", False),
    ("finish-reason", "stop", "", True),
    ("not-finish-reason", "length", "", True),
    ("is-refusal", None, "I'm sorry, but I can\u2019t help with that.", True),
    ("is-refusal", None, "As an AI language model, I do not provide legal advice.", True),
    ("is-refusal", None, "", True),
    ("is-refusal", None, "Frodo does not have a licence; hobbits cannot drive.", False),
    ("not-is-refusal", None, "The rate is 2 %.", True),
]


@pytest.mark.parametrize(("kind", "value", "output", "passes"), TABLE)
def test_an_assertion_decides_as_its_rule_says(kind, value, output, passes):
    found = grade_one({"type": kind, "value": value}, output, CONTEXT)
    assert found.passed is passes, found.reason
    assert found.score == (1.0 if passes else 0.0)


@pytest.mark.parametrize(
    ("kind", "threshold", "passes"),
    [
        ("latency", 120, True),
        ("latency", 119, False),
        ("not-latency", 119, True),
        ("cost", 0.002, True),
        ("cost", 0.001, False),
    ],
)
def test_a_measure_is_held_against_its_threshold(kind, threshold, passes):
    assert grade_one({"type": kind, "threshold": threshold}, "", CONTEXT).passed is passes


def test_a_measure_without_threshold_is_the_score_of_its_metric():
    found = grade_one({"type": "latency", "metric": "speed", "weight": 0}, "", CONTEXT)
    assert (found.passed, found.named_scores) == (True, {"speed": 120})


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ({"type": "cintains", "value": "x"}, "unknown assertion"),
        ({"type": "llm-rubric", "value": "polite"}, "needs a provider"),
        ({"type": "not-similar", "value": "x"}, "needs an embedder"),
        ({"type": "python", "value": "1"}, "refused"),
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


def test_a_measure_that_was_not_taken_is_missed():
    with pytest.raises(CannotGrade, match="needs latency_ms"):
        grade_one({"type": "latency", "threshold": 5}, "", Context())


def test_a_pattern_without_end_is_stopped():
    grade_one({"type": "regex", "value": "a"}, "a", CONTEXT)
    began = time.monotonic()
    with pytest.raises(CannotGrade, match="took longer"):
        grade_one({"type": "regex", "value": "^(a+)+$"}, "a" * 50 + "b", CONTEXT)
    assert time.monotonic() - began < 5
    assert grade_one({"type": "regex", "value": "a"}, "a", CONTEXT).passed
