"""Fill templates in, safely. Knows neither Django nor Celery.

Four formats: ``mustache`` (no HTML escaping), ``jinja2`` (in a child process with limits), ``handlebars`` and
``plain``, which is never filled in. A missing variable is empty in all of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from prompts.registry.templating import handlebars, jinja, mustache
from prompts.registry.templating.faults import TemplateFault

FORMATS = ("mustache", "jinja2", "handlebars", "plain")

__all__ = ["FORMATS", "TemplateFault", "check_syntax", "find_partials", "find_variables", "render"]

_RENDER: dict[str, Callable[[str, Mapping[str, Any], Mapping[str, str]], str]] = {
    "mustache": mustache.render,
    "jinja2": jinja.render,
    "handlebars": handlebars.render,
    "plain": lambda text, variables, partials: text,
}
_VARIABLES = {
    "mustache": mustache.find_variables,
    "jinja2": jinja.find_variables,
    "handlebars": handlebars.find_variables,
}
_PARTIALS = {
    "mustache": mustache.find_partials,
    "jinja2": jinja.find_partials,
    "handlebars": handlebars.find_partials,
}
_MARKS = {"mustache": ("{{",), "jinja2": ("{{", "{%", "{#"), "handlebars": ("{{",), "plain": ()}


def _known(format: str) -> str:
    if format not in FORMATS:
        raise TemplateFault(f"there is no format {str(format)[:40]!r}; there are {', '.join(FORMATS)}")
    return format


def _has_tags(format: str, text: str) -> bool:
    return any(mark in text for mark in _MARKS[_known(format)])


def render(
    format: str,
    template: str,
    variables: Mapping[str, Any] | None = None,
    partials: Mapping[str, str] | None = None,
) -> str:
    """``template`` filled in with ``variables`` (JSON values) and ``partials`` (name → text).

    Raises ``TemplateFault`` for a fault in the template and for one that takes too much time, memory or room.
    """
    return _RENDER[_known(format)](template, variables or {}, partials or {})


def find_variables(format: str, text: str) -> list[str]:
    """The names that the text asks for, in order; of dotted ones the first part. Raises ``TemplateFault``."""
    return _VARIABLES[format](text) if _has_tags(format, text) else []


def find_partials(format: str, text: str) -> list[str]:
    """The names of the fragments that the text includes, in order. Raises ``TemplateFault``."""
    return _PARTIALS[format](text) if _has_tags(format, text) else []


def check_syntax(format: str, text: str) -> None:
    """Raises ``TemplateFault`` with line and column where the text is no template of that format."""
    find_variables(format, text)
