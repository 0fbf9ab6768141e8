"""``select-best`` and ``max-score``: one output of several wins."""

import pytest

from prompts.evaluations.graders import CannotGrade, Context, Tools, grade

OUTPUTS = ["short", "a longer one", "the longest of all"]
LONG = {"type": "contains", "value": "longe"}
LONGEST = {"type": "contains", "value": "longest", "weight": 1}


def compared(assertions, index, answer="1", outputs=OUTPUTS):
    context = Context(outputs=outputs, index=index, tools=Tools(judge=lambda messages: answer))
    return grade(assertions, outputs[index], context)


@pytest.mark.parametrize(("index", "passes"), [(0, False), (1, True), (2, False)])
def test_the_judge_picks_one(index, passes):
    found = compared([{"type": "select-best", "value": "the middle one"}], index)
    assert (found.passed, found.components[-1].passed) == (passes, passes)


def test_a_pick_that_is_none_is_no_answer():
    for answer in ("none of them", "7"):
        with pytest.raises(CannotGrade, match="number of an output"):
            compared([{"type": "select-best", "value": "x"}], 0, answer)


def test_the_highest_score_wins_and_losers_score_nothing():
    both = [LONG, LONGEST, {"type": "max-score"}]
    assert [compared(both, index).passed for index in range(3)] == [False, False, True]
    loser = compared([LONG, {"type": "max-score"}], 2)
    assert (loser.passed, loser.score) == (False, 0.0)


def test_of_equal_scores_the_first_wins():
    assert [compared([LONG, {"type": "max-score"}], index).passed for index in (1, 2)] == [True, False]


@pytest.mark.parametrize(
    ("value", "passes"),
    [
        ({"threshold": 1}, True),
        ({"method": "sum", "threshold": 2}, True),
        ({"method": "sum", "threshold": 2.1}, False),
        ({"method": "sum", "weights": {"contains": 3}, "threshold": 6}, True),
    ],
)
def test_a_winner_must_reach_the_threshold(value, passes):
    assert compared([LONG, LONGEST, {"type": "max-score", "value": value}], 2).passed is passes


@pytest.mark.parametrize(
    ("assertions", "outputs", "words"),
    [
        ([{"type": "max-score"}], OUTPUTS, "needs another assertion"),
        ([LONG, {"type": "max-score", "value": {"method": "median"}}], OUTPUTS, "average or sum"),
        ([{"type": "select-best", "value": "x"}], ["one"], "needs outputs"),
        ([{"type": "assert-set", "assert": [{"type": "select-best", "value": "x"}]}], OUTPUTS, "in no set"),
    ],
)
def test_what_cannot_be_compared_says_why(assertions, outputs, words):
    with pytest.raises(CannotGrade, match=words):
        compared(assertions, 0, outputs=outputs)
