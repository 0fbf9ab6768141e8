"""Mustache: cases of our own for each rule of the specification, and limits."""

from typing import Any

import pytest

from prompts.registry.templating import TemplateFault, find_partials, find_variables, render

CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("a text is itself", "Hi { } }} 'x'\r\n", {}, "Hi { } }} 'x'\r\n"),
    ("nothing is escaped", "{{a}}{{{a}}}{{&a}}", {"a": '<&">'}, '<&">' * 3),
    ("numbers and truth print as JSON", "{{a}} {{b}} {{c}}", {"a": 1.21, "b": True, "c": 0}, "1.21 true 0"),
    ("null and missing print nothing", "[{{a}}{{b}}{{c.d.e}}]", {"a": None, "c": {}}, "[]"),
    ("objects print as JSON", "{{a}}", {"a": {"é": [1]}}, '{"é": [1]}'),
    ("spaces in a tag do not matter", "{{ a }}|{{{ a }}}|{{& a }}", {"a": 1}, "1|1|1"),
    ("dotted names go down", "{{a.b.c}}", {"a": {"b": {"c": "x"}}}, "x"),
    (
        "a dotted name is not looked for further out",
        "{{#a}}{{b.c}}{{/a}}",
        {"a": {"b": {}}, "b": {"c": "x"}},
        "",
    ),
    ("a list repeats", "{{#a}}{{.}},{{/a}}", {"a": [1, "b"]}, "1,b,"),
    ("an object becomes the context", "{{#a}}{{b}}{{c}}{{/a}}", {"a": {"b": 1}, "c": 2}, "12"),
    ("an empty object shows its section", "{{#a}}x{{/a}}", {"a": {}}, "x"),
    *[
        (f"{value!r} hides its section", "{{#a}}x{{/a}}{{^a}}y{{/a}}", {"a": value}, "y")
        for value in (False, None, [], "", 0)
    ],
    ("sections nest", "{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", {"a": True, "b": {"c": 3}}, "3"),
    ("a text is a context too", "{{#a}}<{{.}}>{{/a}}", {"a": "x"}, "<x>"),
    ("comments vanish", "a{{! x\n y }}b", {}, "ab"),
    ("a lone comment takes its line along", "a\n  {{! x }}\r\nb", {}, "a\nb"),
    ("lone section tags take their lines along", "a\n {{#x}}\n b\n {{/x}} \nc", {"x": True}, "a\n b\nc"),
    ("a lone tag at the very end too", "a\n  {{#x}}\n{{/x}}", {"x": True}, "a\n"),
    ("a variable keeps its line", "a\n  {{x}}\nb", {}, "a\n  \nb"),
    ("two tags on a line keep it", "{{#x}}{{/x}}\nb", {"x": True}, "\nb"),
    ("delimiters change", "{{=<% %>=}}<% a %>{{a}}<%={{ }}=%>{{a}}", {"a": 1}, "1{{a}}1"),
    ("a lone change takes its line along", "a\n{{=| |=}}\n|b|", {"b": 1}, "a\n1"),
    ("a section sees the delimiters of its place", "{{=[ ]=}}[#a]{{a}}[a][/a]", {"a": "x"}, "{{a}}x"),
]
PARTIALS = {
    "p": "[{{a}}]",
    "lines": "|\n{{{a}}}\n\n|\n",
    "deep": "  {{>lines}}\n",
    "tree": "{{name}}({{#kids}}{{>tree}}{{/kids}})",
    "loop": "{{>loop}}",
    "bomb": "{{#l}}{{>bomb2}}{{/l}}",
    "bomb2": "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}x{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
}
WITH_PARTIALS: list[tuple[str, str, dict[str, Any], str]] = [
    ("a partial sees the context", "{{#b}}{{>p}}{{/b}}", {"b": {"a": 1}}, "[1]"),
    ("a missing partial is empty", "a{{> nix }}b", {}, "ab"),
    ("a lone partial is indented, values are not", "  {{>lines}}\nz", {"a": "<\n>"}, "  |\n  <\n>\n\n  |\nz"),
    ("indentations add up", " {{>deep}}", {"a": 1}, "   |\n   1\n\n   |\n"),
    ("a partial in a line is not indented", "x {{>p}}\ny", {"a": 1}, "x [1]\ny"),
    (
        "a partial may include itself",
        "{{>tree}}",
        {"name": "a", "kids": [{"name": "b", "kids": []}]},
        "a(b())",
    ),
]


@pytest.mark.parametrize(
    ("title", "template", "data", "wanted"), CASES + WITH_PARTIALS, ids=lambda value: str(value)[:50]
)
def test_case(title: str, template: str, data: dict[str, Any], wanted: str) -> None:
    assert render("mustache", template, data, PARTIALS) == wanted


@pytest.mark.parametrize(
    ("template", "line", "column"),
    [
        ("a\n b{{x", 2, 3),
        ("{{#a}}", 1, 1),
        ("x{{/a}}", 1, 2),
        ("{{#a}}{{/b}}", 1, 7),
        ("{{}}", 1, 1),
        ("{{=x=}}", 1, 1),
        ("{{<a}}", 1, 1),
    ],
)
def test_a_fault_tells_its_place(template: str, line: int, column: int) -> None:
    with pytest.raises(TemplateFault) as fault:
        render("mustache", template)
    assert (fault.value.line, fault.value.column) == (line, column)


@pytest.mark.parametrize("template", ["{{>loop}}", "{{>bomb}}", "{{#a}}" * 500])
def test_what_would_never_end_is_stopped(template: str) -> None:
    with pytest.raises(TemplateFault):
        render("mustache", template, {"l": list(range(100)), "a": 1}, PARTIALS)


def test_a_megabyte_of_tags_on_one_line_is_read_within_the_limits() -> None:
    assert render("mustache", "{{a}} " * 150_000, {"a": "x"}) == "x " * 150_000


def test_names_are_found_in_order() -> None:
    text = "{{b.c}} {{#a}}{{.}}{{b}}{{/a}}{{^d}}{{/d}}{{> f/g }}{{!x}}"
    assert find_variables("mustache", text) == ["b", "a", "d"]
    assert find_partials("mustache", text) == ["f/g"]
