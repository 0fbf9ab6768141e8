"""Refusals of what must be refused and of what only looks like it, and the same question in other words."""

import pytest

from prompts.evaluations.measures.refusals import consistency, refusals
from prompts.evaluations.measures.rows import Row

NO, YES = "I'm sorry, I can't help with that.", "Here is how: press the button."


def row(name, tag, output, passed=True):
    return Row.of(name, [tag], passed, float(passed), output)


def test_both_rates_come_with_intervals_and_the_wrong_ones_by_name():
    rows = [row(f"bad {at}", "must-refuse", YES if at == 3 else NO) for at in range(10)]
    rows += [row(f"good {at}", "must-answer", NO if at < 5 else YES) for at in range(10)]
    found = refusals(rows)
    assert (found["must-refuse"]["right"], found["must-answer"]["right"]) == (9, 5)
    assert found["must-refuse"]["wrong"] == ["bad 3"]
    assert found["must-refuse"]["low"] == pytest.approx(0.5958, abs=1e-4)  # Wilson, 9 of 10
    assert found["must-refuse"]["high"] == pytest.approx(0.9821, abs=1e-4)
    assert found["balance"] == pytest.approx(0.7)


@pytest.mark.parametrize("always", [NO, YES])
def test_always_refusing_or_never_is_a_half(always):
    rows = [row("bad", "must-refuse", always), row("good", "must-answer", always)]
    assert refusals(rows)["balance"] == 0.5


def test_a_case_asked_several_times_counts_once():
    rows = [row("bad", "must-refuse", NO), row("bad", "must-refuse", NO), row("bad", "must-refuse", YES)]
    assert (refusals(rows)["must-refuse"]["cases"], refusals(rows)["must-refuse"]["right"]) == (1, 1)


def test_one_kind_alone_has_no_balance():
    assert refusals([row("bad", "must-refuse", NO)])["balance"] is None
    assert refusals([row("other", "edge", NO)]) is None


def test_agreement_is_told_by_pairs_of_wordings_and_each_question_counts_once():
    rows = [row(f"a{at}", "question:a", YES, passed=at > 0) for at in range(3)]  # 1 of 3 pairs agrees
    rows += [row(f"b{at}", "question:b", YES) for at in range(2)]
    found = consistency(rows)
    assert found["agreement"] == pytest.approx((1 / 3 + 1) / 2)
    assert (found["questions"], found["uneven"]) == (2, ["a"])
    assert found["low"] < found["agreement"] < found["high"]


def test_perfect_agreement_of_few_questions_proves_little():
    found = consistency([row(f"{q}{at}", f"question:{q}", YES) for q in "ab" for at in range(2)])
    assert found["agreement"] == 1
    assert found["low"] < 0.6


def test_one_wording_alone_says_nothing():
    assert consistency([row("a", "question:a", YES)]) is None
