"""The schema of variables: proposed, shown as rows, changed by rows."""

import pytest
from jsonschema import Draft202012Validator

from audits.identity.errors import Unacceptable
from prompts.registry.variable_schema import VariableRow, completed, propose_schema, rows_of, with_rows


@pytest.mark.parametrize("format", ["mustache", "handlebars", "jinja2"])
def test_a_schema_is_proposed_from_the_text(format) -> None:
    proposed = propose_schema([{"role": "text", "content": "Dear {{name}}, {{a.b}}"}], format)
    Draft202012Validator.check_schema(proposed)
    assert proposed["properties"] == {"name": {"type": "string"}, "a": {"type": "string"}}
    assert proposed["required"] == ["name", "a"]


def test_a_text_without_variables_proposes_nothing_and_a_placeholder_a_list() -> None:
    assert propose_schema([{"role": "text", "content": "Hi"}], "mustache") == {}
    chat = propose_schema([{"role": "placeholder", "name": "history"}], "mustache")
    assert chat["properties"] == {"history": {"type": "array"}}


def test_a_proposal_completes_and_changes_nothing_that_is_there() -> None:
    there = {"type": "object", "properties": {"a": {"type": "number", "minimum": 1}}, "title": "t"}
    full = completed(there, propose_schema([{"role": "text", "content": "{{a}} {{b}}"}], "mustache"))
    assert (full["properties"]["a"], full["required"], full["title"]) == (
        {"type": "number", "minimum": 1},
        ["b"],
        "t",
    )


def test_rows_and_schema_tell_the_same() -> None:
    row = VariableRow("count", "number", True, "How many.", "3")
    schema = with_rows({}, [row, VariableRow("plain")])
    assert schema["properties"] == {"count": {"type": "number", "description": "How many.", "examples": [3]}}
    assert rows_of(schema, ["count"]) == [row]


def test_untouched_rows_change_nothing() -> None:
    schema = {"properties": {"a": {"type": ["string", "null"], "examples": ["x", "y"], "minLength": 2}}}
    assert with_rows(schema, rows_of(schema, ["a", "b"])) == schema


@pytest.mark.parametrize(
    ("kind", "sample"),
    [("number", "x"), ("number", "true"), ("boolean", "1"), ("array", "{}"), ("object", "[")],
)
def test_a_sample_of_another_type_is_refused(kind, sample) -> None:
    with pytest.raises(Unacceptable, match="sample of v"):
        with_rows({}, [VariableRow("v", kind, sample=sample)])
