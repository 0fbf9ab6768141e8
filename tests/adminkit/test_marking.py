"""Prompt text is hostile: it is escaped first, and only our own marks are markup."""

import pytest

from audits.adminkit.marking import marked

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{<b>x</b>}}",
    "{% <i> %}",
    "{{{a}}}<u>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_of_the_text_survives(text):
    html = marked(text)
    rest = html.replace('<i class="var">', "").replace('<i class="frag">', "").replace("</i>", "")
    assert "<" not in rest
    assert ">" not in rest


def test_variables_and_fragments_are_told_apart():
    html = marked("Dear {{name}}, {{> tone/calm}}")
    assert '<i class="var">{{name}}</i>' in html
    assert '<i class="frag">{{&gt; tone/calm}}</i>' in html


def test_the_text_itself_is_kept():
    assert marked("a < b & c") == "a &lt; b &amp; c"
