"""Jinja2 in its child process: it fills in, and whatever a template tries is bounded."""

import time

import pytest

from prompts.registry.templating import TemplateFault, check_syntax, find_partials, find_variables, render


def test_conditions_loops_and_filters_work() -> None:
    text = "{% for x in xs if x > 1 %}{{ x }}{{ ',' if not loop.last }}{% endfor %}|{{ 'a<b' | upper }}"
    assert render("jinja2", text, {"xs": [1, 2, 3]}) == "2,3|A<B"


def test_a_missing_variable_is_empty() -> None:
    assert render("jinja2", "[{{ nix }}]") == "[]"


def test_partials_are_included_and_imported() -> None:
    text = "{% include 'a/b' %}{% from 'm' import f %}{{ f(2) }}"
    partials = {"a/b": "hi {{ x }} ", "m": "{% macro f(n) %}<{{ n }}>{% endmacro %}"}
    assert render("jinja2", text, {"x": 1}, partials) == "hi 1 <2>"


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'a' * 10**10 }}",
        "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x * 99 %}{% endfor %}",
        "{% for a in range(99999) %}{{ 'abcdefgh' * 100 }}{% endfor %}",
        "{{ range(10**9) | list }}",
        "{{ 9**(9**9) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ '%1000000000s' % 'a' }}",
        "(" * 3 + "{{ " + "(" * 100_000 + " }}",
    ],
)
def test_a_bomb_is_stopped_and_the_next_template_works(template: str) -> None:
    before = time.monotonic()
    with pytest.raises(TemplateFault):
        render("jinja2", template)
    assert render("jinja2", "{{ a }}", {"a": 1}) == "1"
    assert time.monotonic() - before < 20


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context.environment }}{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{{ xs.append(1) }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_nothing_leads_out_of_the_sandbox(template: str) -> None:
    with pytest.raises(TemplateFault):
        render("jinja2", template, {"xs": []})


def test_a_format_string_reaches_no_attribute() -> None:
    assert "class" not in render("jinja2", "{{ '{0.__class__}'.format(1) }}")


def test_many_templates_are_quick() -> None:
    render("jinja2", "{{ a }}", {"a": 0})
    before = time.monotonic()
    for number in range(200):
        assert render("jinja2", "{{ a }}", {"a": number}) == str(number)
    assert time.monotonic() - before < 5


def test_a_fault_tells_its_line() -> None:
    with pytest.raises(TemplateFault) as fault:
        check_syntax("jinja2", "a\n{% if %}")
    assert fault.value.line == 2


def test_names_from_outside_are_found_in_order() -> None:
    text = "{{ b }}{% set c = 1 %}{{ c }}{% for i in a.x %}{{ i }}{% endfor %}{% include 'f/g' %}"
    assert find_variables("jinja2", text) == ["b", "a"]
    assert find_partials("jinja2", text) == ["f/g"]
