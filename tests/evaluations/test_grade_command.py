"""``manage.py grade``: JSON lines in, JSON lines out, in order."""

import io
import json
import sys

import pytest
from django.core.management import call_command


def grade(monkeypatch, *lines):
    raw = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    out = io.StringIO()
    call_command("grade", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_are_answered_in_order(monkeypatch):
    found = grade(
        monkeypatch,
        {
            "id": 1,
            "output": "Bern",
            "assert": {"type": "contains", "value": "{{c}}"},
            "context": {"vars": {"c": "B"}},
        },
        {"id": "b", "output": "x", "assert": {"type": "nonsense"}},
        {
            "id": 3,
            "outputs": ["a", "b"],
            "index": 1,
            "assert": [{"type": "equals", "value": "b", "metric": "m"}],
        },
    )
    assert found[0] == {"id": 1, "pass": True, "score": 1.0, "reason": "Assertion passed"}
    assert found[1] == {"id": "b", "error": "unknown assertion 'nonsense'"}
    assert (found[2]["pass"], found[2]["namedScores"], len(found[2]["componentResults"])) == (
        True,
        {"m": 1.0},
        1,
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"id": 1, "output": "x", "assert": {"type": "latency", "threshold": 1}}, "needs latency_ms"),
        ({"id": 1, "output": "x", "assert": {"type": "llm-rubric", "value": "x"}}, "needs a provider"),
        ({"id": 1, "output": "x", "assert": {"type": "ruby", "value": "x"}}, "refused"),
        ({"id": 1, "assert": {"type": "contains", "value": "x"}}, "needs output"),
        (
            {"id": 1, "outputs": ["x"], "index": 4, "assert": {"type": "contains", "value": "x"}},
            "needs output",
        ),
        ({"id": 1, "output": "x"}, "needs assert"),
        ({"id": 1, "output": "x", "assert": [], "context": []}, None),
        ({"id": 1, "output": "x", "assert": [], "context": {"cost": "much"}}, "needs a number"),
    ],
)
def test_what_has_no_answer_says_what_it_needs(monkeypatch, line, error):
    (found,) = grade(monkeypatch, line)
    assert found["id"] == 1
    assert ("error" in found) is (error is not None)
    assert error is None or error in found["error"]


def test_a_threshold_decides_by_the_score(monkeypatch):
    both = [{"type": "contains", "value": "x"}, {"type": "contains", "value": "y"}]
    (found,) = grade(monkeypatch, {"id": 1, "output": "x", "assert": both, "threshold": 0.5})
    assert (found["pass"], found["score"]) == (True, 0.5)


def test_a_broken_line_is_told_and_the_others_are_answered(monkeypatch):
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{broken\n\xff\n{"id": 2, "output": "x", "assert": []}\n'))
    )
    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("grade", stdout=out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert caught.value.code == 1
    assert [answer["id"] for answer in answers] == [None, None, 2]
    assert "line 1" in answers[0]["error"]
