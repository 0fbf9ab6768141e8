"""What is graded at once is graded as the slow lane does; what may take long is left to it."""

import pytest

from prompts.evaluations.graders import quick_patterns, quick_schemas
from prompts.evaluations.graders.patterns import translate
from prompts.evaluations.graders.slow_lane import LANE

TEXTS = ["", "number 12345", "ab" * 40, "a" * 60 + "!", "x\n y", '{"a": 1} ', "Ünïcode 7", "aab-12-34"]
QUICK = [
    r"number \d{5}", r"^\d+$", r"(?:ab|cd)+e?", "a.*b", r"\bab\b", r"(?<year>\d{4})-\d\d", "[^a-z]{2,}",
    r"^\s*\{", "(?=a)a", "(?<!a)b", "a*?!", "",
]  # fmt: skip
SLOW = [
    "^(a+)+$", "^(a|aa)+$", "(.*)*x", "(x+x+)+y", r"(a*)\1b", "a{1,500}a{1,500}a{1,500}b", "((a?){30}){30}",
    ".*.*.*.*.*=", "(a|b|ab)*c", "(", "(?<=a+)b",
]  # fmt: skip


@pytest.mark.parametrize("pattern", QUICK)
def test_a_quick_pattern_is_found_as_the_child_finds_it(pattern):
    told = translate(pattern)
    quick = [quick_patterns.found(told, text) for text in TEXTS]
    assert quick == [LANE.ask("search", 5.0, pattern=told, text=text) for text in TEXTS]


@pytest.mark.parametrize("pattern", SLOW)
def test_a_pattern_that_may_take_long_is_left_to_the_child(pattern):
    assert quick_patterns.found(pattern, "a" * 200 + "b") is None


def test_a_long_text_makes_a_pattern_slow():
    assert quick_patterns.found("a.*b", "a" * 100) is False
    assert quick_patterns.found("a.*b", "a" * 100_000) is None
    assert quick_patterns.found("a" * 2_000, "a") is None


SCHEMAS = [
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 2}}},
    {"type": "array", "items": {"type": "string", "maxLength": 2}, "minItems": 1},
    {"anyOf": [{"type": "null"}, {"enum": [1, "b", {"c": []}]}]},
    {"not": {"const": 3}, "additionalProperties": False},
    {"if": {"type": "string"}, "then": {"minLength": 3}},
    True,
]
DOCUMENTS = [None, 1, 3, "b", {"a": 1}, {"a": 2, "b": 3}, ["ab", "abc"], [], {"c": []}]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_plain_schema_has_the_faults_that_the_child_tells(schema):
    quick = [quick_schemas.faults(schema, document) for document in DOCUMENTS]
    assert quick == [LANE.ask("schema", 5.0, schema=schema, document=one) for one in DOCUMENTS]


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "^(a+)+$"}, {"properties": {"a": {"format": "email"}}}, {"$ref": "#"}, "no schema",
        {"patternProperties": {"a": {}}}, {"unevaluatedProperties": False}, {"type": "nothing"}, {"items": 3},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"}, {"uniqueItems": True},
    ],
)  # fmt: skip
def test_a_schema_of_unknown_cost_is_left_to_the_child(schema):
    assert quick_schemas.faults(schema, {"a": "aaaaaaaa!"}) is None


def test_a_large_document_is_left_to_the_child():
    assert quick_schemas.faults({"items": {"type": "integer"}}, list(range(50_000))) is None
    deep = []
    for _ in range(100):
        deep = [deep]
    assert quick_schemas.faults({"type": "array"}, deep) is None
