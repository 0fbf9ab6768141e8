"""Small templates that ask for endless work: refused within seconds, in the memory of a web process."""

import resource
import time

import pytest

from prompts.registry.templating import TemplateFault, render
from prompts.registry.templating.outermost import outermost

INDENTED = " " * 300_000 + "{{>p}}\n"
LINES = "x\n" * 100_000
EMPTY = "{{#a}}" * 6 + "{{/a}}" * 6
WORK = "{{#each a}}{{#each @root.a}}{{#if (json @root.b)}}{{/if}}{{/each}}{{/each}}"


@pytest.fixture(autouse=True)
def _little_memory():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.parametrize(
    ("format", "template", "variables", "partials"),
    [
        ("mustache", INDENTED, {}, {"p": LINES}),
        ("handlebars", INDENTED, {}, {"p": LINES}),
        ("mustache", EMPTY, {"a": list(range(1, 500))}, {}),
        ("handlebars", EMPTY.replace("#a", "#each @root.a").replace("/a", "/each"), {"a": [1] * 500}, {}),
        ("handlebars", WORK, {"a": [1] * 1000, "b": ["x"] * 100_000}, {}),
    ],
)
@pytest.mark.requirement("owasp-llm/06")
def test_a_bomb_is_refused(format, template, variables, partials):
    began = time.process_time()
    with pytest.raises(TemplateFault):
        render(format, template, variables, partials)
    assert time.process_time() - began < 30


@pytest.mark.parametrize("indent", ["2000000000", "s"])
def test_an_indent_is_ten_wide_at_most(indent):
    text = render("handlebars", f"{{{{json x indent={indent}}}}}", {"x": {"a": 1}, "s": "y" * 10**6}, {})
    assert len(text) < 30


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("handlebars", "{{!----}}" * 150_000),
        ("handlebars", "{{a}} " * 60_000),
        ("jinja2", "{#" + "{% for " * 200_000 + "#}"),
    ],
)
def test_a_long_text_of_tags_is_read_in_proportion_to_its_length(format, text):
    began = time.process_time()
    outermost(format, text)
    assert time.process_time() - began < 15
