"""Every documented rule of every assertion, by tables: see ``tests/evaluations/rules/``."""

import pytest

from prompts.evaluations.grade_lines import answer_to
from prompts.evaluations.graders import Tools
from prompts.evaluations.graders.names import DETERMINISTIC
from tests.evaluations.rules import figures, shapes, texts, traces

RULES = [*texts.RULES, *shapes.RULES, *figures.RULES, *traces.RULES]
ELSEWHERE = {"cel", "webhook", "max-score"}
"""Tested in files of their own."""


def told(rule):
    return f"{rule.page} {rule.assertion} {rule.output!r}"[:120]


@pytest.mark.parametrize("rule", RULES, ids=told)
def test_an_assertion_keeps_its_rule(rule):
    line = {"output": rule.output, "assert": rule.assertion, "context": rule.context}
    found = answer_to(line, Tools())
    if rule.error:
        assert rule.error in found.get("error", ""), found
        return
    assert found.get("pass") is rule.passes, found
    assert found["score"] == (float(rule.passes) if rule.score is None else rule.score) or rule.score is None
    assert found["reason"]


def test_every_assertion_has_rules_for_both_answers():
    answers = {}
    for rule in RULES:
        answers.setdefault(rule.assertion["type"].removeprefix("not-"), set()).add(rule.passes)
    missing = [
        kind
        for kind in DETERMINISTIC
        if kind not in ELSEWHERE and not {True, False} <= answers.get(kind, set())
    ]
    assert missing == []
