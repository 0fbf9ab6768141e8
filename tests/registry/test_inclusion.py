"""What a text includes, where, and within which bounds."""

import pytest

from prompts.registry.inclusion import DEEPEST, LARGEST, inclusions, split, undeclared, weigh
from prompts.registry.templating import TemplateFault


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("shop/tone", ("shop/tone", None)),
        ("shop/tone@3", ("shop/tone", 3)),
        ("shop/tone@production", ("shop/tone", "production")),
        ("shop/tone@eu-2", ("shop/tone", "eu-2")),
        ("shop/tone@0", ("shop/tone@0", None)),
        ("shop/tone@Production", ("shop/tone@Production", None)),
        ("@3", ("@3", None)),
    ],
)
def test_a_reference_is_a_name_with_or_without_a_version(reference, told):
    assert split(reference) == told


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("mustache", "About a/b.\n\n{{> a/b@2 }} and {{>a/b@2}}"),
        ("handlebars", "About a/b.\n\n{{> a/b@2 }} and {{>a/b@2}}"),
        ("jinja2", "About a/b.\n\n{% include 'a/b@2' %} and {% include \"a/b@2\" %}"),
        ("mustache", "{{=<% %>=}}About a/b.\n\n<%> a/b@2%> and <%>a/b@2%>"),
    ],
)
def test_the_place_is_the_first_inclusion_and_all_are_counted(format, text):
    [row] = inclusions(format, [{"content": "Hello."}, {"content": text}, {"name": "history"}])
    assert (row.name, row.number, row.place, row.times) == ("a/b", 2, "message 2, line 3", 2)


def test_a_fault_names_its_message():
    with pytest.raises(TemplateFault, match="message 2, line 1"):
        inclusions("mustache", [{"content": "a"}, {"content": "{{> "}])


def test_a_text_weighs_what_it_becomes():
    assert weigh("mustache", "{{> a}}{{> a}}", {"a": "12345{{> b}}", "b": "123"}) == (14 + 2 * (12 + 3), 2)


def test_mutual_inclusions_are_deeper_than_any():
    size, depth = weigh("mustache", "{{> a}}", {"a": "{{> b}}", "b": "{{> a}}"})
    assert depth > DEEPEST
    assert size > LARGEST


def test_a_bomb_is_weighed_without_being_built():
    texts = {f"f{n}": f"{{{{> f{n + 1}}}}}" * 9 for n in range(9)} | {"f9": "x" * 100}
    assert weigh("mustache", "{{> f0}}", texts)[0] > LARGEST


@pytest.mark.parametrize(
    ("format", "text", "fragment", "missing"),
    [
        ("mustache", "{{> f}}", "{{who}} {{a.b}}", [("f", "who")]),
        ("mustache", "{{#list}}{{> f}}{{/list}}", "{{who}}", []),
        ("mustache", "{{> f}}", "{{#a}}{{who}}{{/a}}", []),
        ("handlebars", "{{> f}}", "{{who}}", [("f", "who")]),
        ("handlebars", "{{> f who=a}}", "{{who}}", []),
        ("handlebars", "{{#each a}}{{> f}}{{/each}}", "{{who}}", []),
        ("jinja2", "{% include 'f' %}", "{{ who }}", [("f", "who")]),
        ("jinja2", "{% for who in a %}{% include 'f' %}{% endfor %}", "{{ who }}", []),
        ("plain", "{{> f}}", "{{who}}", []),
    ],
)
def test_a_variable_of_a_fragment_that_nobody_declared_is_missing(format, text, fragment, missing):
    assert undeclared(format, text, {"f": fragment}, {"a"}) == missing
