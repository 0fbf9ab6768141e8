"""manage.py render: lines in, lines out."""

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def run(monkeypatch: pytest.MonkeyPatch, data: bytes) -> list[dict[str, Any]]:
    """What the command answers to these bytes."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    out = io.StringIO()
    call_command("render", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_line_is_answered_in_order_and_faults_stay_with_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        {"id": 1, "template": "a{{x}}", "vars": {"x": "<"}},
        {"id": "b", "template": "{% if %}", "format": "jinja2"},
        {
            "id": 3,
            "template": "{{#if x}}y{{/if}}{{> p}}",
            "format": "handlebars",
            "vars": {"x": 1},
            "partials": {"p": "q"},
        },
        {"id": 4, "template": 7},
        {"id": 5, "template": "a", "format": "liquid"},
        {"id": 6, "template": "a", "vars": [1]},
        {"id": 7, "template": "a", "partials": {"p": 1}},
        {"id": 8, "template": "{{x}}", "format": "jinja2", "vars": {"x": "é\u2028"}},
    ]
    answers = run(monkeypatch, b"\n".join(json.dumps(line).encode() for line in lines))
    assert [answer["id"] for answer in answers] == [1, "b", 3, 4, 5, 6, 7, 8]
    assert ["text" in answer for answer in answers] == [True, False, True, False, False, False, False, True]
    assert (answers[0]["text"], answers[2]["text"], answers[7]["text"]) == ("a<", "yq", "é\u2028")


def test_a_bad_line_among_good_ones_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = run(monkeypatch, b'nope\n{"id": 1, "template": "a"}\n\xff\n[1]\n')
    assert [("error" in answer, answer["id"]) for answer in answers] == [
        (True, None),
        (False, 1),
        (True, None),
        (True, None),
    ]


def test_what_is_no_json_lines_at_all_ends_with_two(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError) as ended:
        run(monkeypatch, b"\x89PNG\n\x1a\n")
    assert ended.value.returncode == 2
