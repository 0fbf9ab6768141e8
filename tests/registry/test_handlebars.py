"""Handlebars without escaping, and dotprompt's helpers."""

from typing import Any

import pytest

from prompts.registry.templating import TemplateFault, find_partials, find_variables, render

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("{{a}} {{{a}}} {{&a}}", {"a": "<b>"}, "<b> <b> <b>"),
    ("{{a.b}}{{a/b}}{{a.[c d]}}{{l.1}}{{l.length}}", {"a": {"b": 1, "c d": 2}, "l": [5, 6]}, "11262"),
    ("{{#if a}}A{{else if b}}B{{else}}C{{/if}}", {"b": 1}, "B"),
    ("{{#if a}}A{{else}}C{{/if}}", {"a": []}, "C"),
    ("{{#unless a}}A{{/unless}}", {"a": 0}, "A"),
    ("{{#if a includeZero=true}}A{{/if}}", {"a": 0}, "A"),
    (
        "{{#each a}}{{@index}}{{this}}{{#if @first}}f{{/if}}{{#unless @last}},{{/unless}}{{/each}}",
        {"a": "xy"},
        "",
    ),
    ("{{#each a}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", {"a": ["x", "y"]}, "0x,1y"),
    ("{{#each a}}{{@key}}={{this}};{{/each}}", {"a": {"k": 1, "l": 2}}, "k=1;l=2;"),
    ("{{#each a}}x{{else}}none{{/each}}", {"a": []}, "none"),
    ("{{#each a as |v k|}}{{k}}{{v.n}}{{/each}}", {"a": [{"n": "x"}]}, "0x"),
    ("{{#with a}}{{b}}{{../c}}{{@root.c}}{{/with}}", {"a": {"b": 1}, "c": 2}, "122"),
    ("{{#a}}{{n}}{{/a}}{{^z}}no{{/z}}", {"a": [{"n": 1}, {"n": 2}]}, "12no"),
    ("{{lookup a 'b'}}{{lookup l i}}", {"a": {"b": 1}, "l": [7, 8], "i": 1}, "18"),
    ("{{> p a x=2}}", {"a": {"y": 1}}, "[1,2]"),
    ("a\n  {{#if x}}\nb\n  {{/if}}\nc", {"x": 1}, "a\nb\nc"),
    ("a  {{~x~}}  b", {"x": 1}, "a1b"),
    ("a{{! no }}{{!-- }} --}}b\\{{c}}", {}, "ab{{c}}"),
    (
        '{{role "user"}}{{history}}{{section "s"}}',
        {},
        "<<<dotprompt:role:user>>><<<dotprompt:history>>><<<dotprompt:section s>>>",
    ),
    ("{{media url=u}}{{json a}}", {"u": "data:x", "a": {"b": 1}}, '<<<dotprompt:media:url data:x>>>{"b":1}'),
    ("{{media url=u contentType=t}}", {"u": "x", "t": "image/png"}, "<<<dotprompt:media:url x image/png>>>"),
    ("{{json this}}", {"a": {"b": [1, 2.5, None, True, "é"]}}, '{"a":{"b":[1,2.5,null,true,"é"]}}'),
    ("{{json this}}{{json a}}", {"a": []}, '{"a":[]}[]'),
    ("{{json this indent=2}}", {"a": [1]}, '{\n  "a": [\n    1\n  ]\n}'),
    ("{{json this indent=4}}", {"a": 1}, '{\n    "a": 1\n}'),
    ("{{#ifEquals a b}}same{{else}}other{{/ifEquals}}", {"a": 5, "b": "5"}, "other"),
    ("{{#ifEquals a b}}same{{else}}other{{/ifEquals}}", {"a": None, "b": 0}, "other"),
    ("{{#ifEquals a b}}same{{else}}other{{/ifEquals}}", {"a": None, "b": None}, "same"),
    ("{{#ifEquals a b}}same{{else}}other{{/ifEquals}}", {"a": False, "b": False}, "same"),
    ("{{#ifEquals a b}}same{{else}}other{{/ifEquals}}", {"a": 1, "b": True}, "other"),
    ("{{#unlessEquals a b}}other{{else}}same{{/unlessEquals}}", {"a": 5, "b": 5}, "same"),
    ("{{#unlessEquals a b}}other{{else}}same{{/unlessEquals}}", {"a": 5, "b": "5"}, "other"),
    ("List:{{#each a~}}\n- {{this}}\n{{~/each}}End", {"a": ["x", "y"]}, "List:- x- yEnd"),
    ("A\n{{~#if x~}}\nB\n{{~/if~}}\nC", {"x": True}, "ABC"),
    ("A\n{{~#if x~}}\nB\n{{~/if~}}\nC", {"x": False}, "AC"),
    ("{{@state.count}}", {"state": {"count": 1}}, ""),
    ("{{#ifEquals a 1}}y{{else}}n{{/ifEquals}}{{#unlessEquals a 'b'}}y{{/unlessEquals}}", {"a": 1}, "yy"),
]


@pytest.mark.parametrize(("template", "data", "wanted"), CASES)
def test_case(template: str, data: dict[str, Any], wanted: str) -> None:
    assert render("handlebars", template, data, {"p": "[{{y}},{{x}}]"}) == wanted


@pytest.mark.parametrize(
    "template",
    [
        "{{#if a}}",
        "{{/if}}",
        "{{#if a}}{{/each}}",
        "{{x",
        "{{}}",
        "{{else}}",
        "{{f 1}}",
        "{{#> p}}{{/p}}",
        "{{(a}}",
        "{{> loop}}",
    ],
)
def test_a_fault_is_told(template: str) -> None:
    with pytest.raises(TemplateFault):
        render("handlebars", template, {}, {"loop": "{{> loop}}"})


def test_names_are_found() -> None:
    text = "{{#each items}}{{name}}{{/each}}{{#if a.b}}{{@index}}{{/if}}{{json c}}{{> f/g d}}"
    assert find_variables("handlebars", text) == ["items", "name", "a", "c", "d"]
    assert find_partials("handlebars", text) == ["f/g"]
