"""A run against a baseline: paired by case, with "inconclusive" as a result."""

import pytest

from prompts.evaluations.baselines import compare_runs
from prompts.evaluations.models import Result
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.stats import mcnemar, paired


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (0, 6, 0.03125), (10, 2, 158 / 4096)],
)
def test_the_exact_test_has_the_figures_of_the_binomial(better, worse, p):
    assert mcnemar(better, worse) == pytest.approx(p)


def test_thousands_of_changes_are_no_trouble():
    assert mcnemar(3000, 3000) == 1.0
    assert mcnemar(3300, 2700) < 1e-10


def test_six_losses_of_forty_are_worse():
    found = paired([(1.0, 0.0)] * 6 + [(1.0, 1.0)] * 34)
    assert (found.verdict, found.change) == ("worse", pytest.approx(-0.15))
    assert found.low < -0.15 < found.high < 0


@pytest.mark.parametrize("pairs", [[], [(1.0, 0.0)], [(1.0, 0.0)] * 3 + [(1.0, 1.0)] * 30])
def test_too_little_is_inconclusive(pairs):
    assert paired(pairs).verdict == "inconclusive"


@pytest.fixture
def two(engineer, version, suite, recorded):
    """Two runs whose results are given by case as texts of states, one for each repeat."""

    def make(then, now):
        runs = []
        for told in (then, now):
            run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])
            for name, states in told.items():
                for repeat, state in enumerate(states, start=1):
                    Result.objects.create(
                        run=run, case_name=name, case_digest="d", provider=recorded, repeat=repeat,
                        state={"+": "pass", "-": "fail", "!": "error"}[state],
                    )  # fmt: skip
            runs.append(run)
        return compare_runs(runs[1], runs[0])

    return make


def test_what_got_worse_comes_first_and_the_worst_of_it_at_the_top(two):
    found = two({"a": "++", "b": "++", "c": "--"}, {"a": "+-", "b": "-!", "c": "++"})
    assert (found.regressions, found.improvements) == (["b", "a"], ["c"])
    assert found.figures.verdict == "inconclusive"


def test_cases_whose_repeats_disagree_are_flaky(two):
    assert two({"a": "+-", "b": "++"}, {"a": "++", "b": "++"}).flaky == ["a"]


def test_cases_of_one_run_alone_are_left_out(two):
    found = two({"a": "+", "b": "+"}, {"a": "+", "c": "-"})
    assert (found.figures.cases, found.left_out) == (1, 2)
