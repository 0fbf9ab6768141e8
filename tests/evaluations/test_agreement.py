"""Agreement of graders with people, against the library and by simulation."""

import random

import pytest
from nltk.metrics.agreement import AnnotationTask

from prompts.evaluations.calibration.agreement import Agreement, agreement
from prompts.evaluations.calibration.graders import judged_in
from prompts.evaluations.stats import wilson


@pytest.mark.parametrize("counts", [(20, 5, 10, 15), (45, 15, 25, 15), (25, 35, 5, 35), (90, 4, 5, 1)])
def test_kappa_is_that_of_nltk(counts):
    found = Agreement(*counts)
    pairs = [(True, True)] * counts[0] + [(True, False)] * counts[1]
    pairs += [(False, True)] * counts[2] + [(False, False)] * counts[3]
    task = AnnotationTask(
        data=[
            (who, at, pair[place]) for at, pair in enumerate(pairs) for place, who in enumerate(("me", "it"))
        ]
    )
    assert found.kappa[0] == pytest.approx(task.kappa())
    assert found.kappa[1] < found.kappa[0] < found.kappa[2]


def test_the_published_example():
    """Cohen's kappa of the textbook table 20, 5, 10, 15 is 0.4 (agreement 0.7, 0.5 by chance)."""
    assert Agreement(20, 5, 10, 15).kappa[0] == pytest.approx(0.4)


def test_where_nearly_all_pass_kappa_is_low_and_evened_is_not():
    found = Agreement(90, 5, 5, 0)
    assert found.kappa[0] < 0
    assert found.evened == pytest.approx(0.8)


def test_sensitivity_and_specificity_are_about_what_people_said():
    found = Agreement(both_passed=40, only_people_passed=10, only_grader_passed=3, both_failed=12)
    assert found.sensitivity == (12, 15, *wilson(12, 15))
    assert found.specificity == (40, 50, *wilson(40, 50))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Agreement(0, 0, 0, 0), "0 answers"),
        (Agreement(12, 0, 0, 12), "24 answers were graded blind, 30 are needed"),
        (Agreement(40, 0, 0, 0), "grade some that differ"),
        (Agreement(20, 10, 10, 20), "kappa is 0.33"),
        (Agreement(14, 3, 2, 14), "0.4 at the lower end"),
        (Agreement(50, 4, 4, 42), ""),
    ],
)
def test_a_grader_is_calibrated_from_enough_and_good_enough(found, words):
    assert (words in found.why_not) if words else found.why_not == ""


def test_people_decide_by_majority_and_a_tie_is_left_out():
    told = [(1, True, True), (1, True, True), (1, False, True), (2, True, False), (2, False, False)]
    found = agreement(told)
    assert (found.both_passed, found.count, found.tied) == (1, 1, 1)


def test_the_interval_holds_the_true_kappa_about_as_often_as_it_says():
    """Both fail a third; agreement is 0.8, so that kappa is 0.55: 300 samples of 100 answers."""
    chance = random.Random(5)
    cells = [(0.5667, 0), (0.1, 1), (0.1, 2), (0.2333, 3)]
    truth = (0.8 - 0.5556) / (1 - 0.5556)
    within = 0
    for _ in range(300):
        counts = [0, 0, 0, 0]
        for place in chance.choices([place for _, place in cells], [share for share, _ in cells], k=100):
            counts[place] += 1
        _, low, high = Agreement(*counts).kappa
        within += low <= truth <= high
    assert 0.90 <= within / 300 <= 0.99


RUBRIC = {"type": "llm-rubric", "value": "It is polite.", "weight": 2}


def part(assertion, passed=True):
    return {"pass": passed, "assertion": assertion}


def grader(assertion, judge="local: m"):
    return next(judged_in([part(assertion)], judge)).grader


def test_another_rubric_or_model_is_another_grader():
    assert grader(RUBRIC) == grader({**RUBRIC, "weight": 1, "metric": "x"})
    others = [grader({**RUBRIC, "value": "It is short."}), grader({**RUBRIC, "threshold": 0.9}),
              grader({**RUBRIC, "rubricPrompt": "x"}), grader({**RUBRIC, "type": "g-eval"}),
              grader(RUBRIC, "local: n")]  # fmt: skip
    assert len({grader(RUBRIC), *others}) == 6


def test_only_verdicts_of_models_on_one_answer_are_graded():
    told = [part({"type": "contains", "value": "a"}), part({"type": "select-best", "value": "x"}),
            {"pass": True},
            part(RUBRIC), part(RUBRIC), part({**RUBRIC, "type": "not-llm-rubric"}, passed=False)]  # fmt: skip
    found = list(judged_in(told, "local: m"))
    assert [(one.kind, one.passed) for one in found] == [("llm-rubric", True), ("not-llm-rubric", False)]
    assert list(judged_in(told, "")) == []
