"""Shows prompt text: escaped first, then its variables and fragments marked. Pure text in, safe HTML out."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PLACE = re.compile(r"\{\{\{?[^{}]*\}?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
"""A variable, a fragment, a statement or a comment of Mustache, Handlebars or Jinja2."""


def marked(text: str) -> SafeString:
    """``text`` as HTML in which each variable stands in ``.var`` and each fragment or statement in ``.frag``.

    Every piece goes through escaping; the only markup is ours.
    """
    pieces: list[SafeString] = []
    end = 0
    for found in PLACE.finditer(text):
        pieces.append(format_html("{}", text[end : found.start()]))
        pieces.append(format_html('<i class="{}">{}</i>', _kind(found.group()), found.group()))
        end = found.end()
    pieces.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _kind(place: str) -> str:
    inside = place.lstrip("{").lstrip()
    return "frag" if inside[:1] in {"%", "#", "/", "^", "!", ">", "&"} else "var"
