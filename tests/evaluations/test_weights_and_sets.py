"""Assertions together: weights, thresholds, sets, metrics."""

import pytest

from prompts.evaluations.graders import CannotGrade, Context, grade

YES = {"type": "contains", "value": "a"}
NO = {"type": "contains", "value": "z"}


def graded(assertions, threshold=None):
    return grade(assertions, "abc", Context(vars={"name": "tone"}), threshold)


@pytest.mark.parametrize(
    ("assertions", "threshold", "passes", "score"),
    [
        ([], None, True, 1.0),
        ([YES, NO], None, False, 0.5),
        ([{**YES, "weight": 3}, NO], None, False, 0.75),
        ([{**YES, "weight": 3}, NO], 0.75, True, 0.75),
        ([NO, NO], 0, True, 0.0),
        ([YES, {**NO, "weight": 0}], None, True, 1.0),
        ([{"type": "assert-set", "threshold": 0.5, "assert": [YES, NO]}], None, True, 0.5),
        ([{"type": "assert-set", "assert": [YES, NO]}, YES], None, False, 0.75),
        ([{"type": "assert-set", "weight": 0, "assert": [NO]}, YES], None, True, 1.0),
    ],
)
def test_the_whole_is_weighed(assertions, threshold, passes, score):
    found = graded(assertions, threshold)
    assert (found.passed, found.score) == (passes, score)


def test_a_sets_members_follow_it_in_the_answer():
    found = graded([{"type": "assert-set", "assert": [YES, NO]}, YES]).as_dict()
    assert [part["pass"] for part in found["componentResults"]] == [False, True, False, True]


def test_metrics_are_weighted_means_and_may_name_variables():
    found = graded([{**YES, "metric": "{{name}}", "weight": 3}, {**NO, "metric": "tone"}])
    assert found.named_scores == {"tone": 0.75}


def test_one_assertion_without_an_answer_leaves_the_whole_without():
    with pytest.raises(CannotGrade):
        graded([YES, {"type": "factuality", "value": "x"}])


def test_sets_have_a_depth():
    nested = YES
    for _ in range(8):
        nested = {"type": "assert-set", "assert": [nested]}
    with pytest.raises(CannotGrade, match="nested"):
        graded([nested])
