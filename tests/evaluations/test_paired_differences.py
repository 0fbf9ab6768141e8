"""The statistics of differences between groups, against exact counts, published examples and simulation."""

import itertools
import random
from math import comb

import pytest

from prompts.evaluations.fairness.paired import adjusted_interval, difference, sign_flip, step_up, verdict
from prompts.evaluations.measures.groups import groups
from prompts.evaluations.measures.rows import Row
from prompts.evaluations.stats import mcnemar, paired_change


def by_hand(steps):
    """All signs, one by one."""
    seen = abs(sum(steps))
    sums = [abs(sum(a * b for a, b in zip(steps, signs, strict=True)))
            for signs in itertools.product((1, -1), repeat=len(steps))]  # fmt: skip
    return sum(one >= seen for one in sums) / len(sums)


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_test_counts_all_signs(seed):
    chance = random.Random(seed)
    steps = [60, *(chance.randint(-60, 60) for _ in range(9))]
    assert sign_flip([one / 60 for one in steps]) == pytest.approx(by_hand(steps), abs=1e-12)


@pytest.mark.parametrize(("better", "worse"), [(6, 0), (9, 2), (5, 5), (1, 0), (0, 0)])
def test_on_flips_it_is_mcnemars_test(better, worse):
    assert sign_flip([1.0] * better + [-1.0] * worse + [0.0] * 7) == pytest.approx(mcnemar(better, worse))


def test_darwins_plants():
    """Fisher's own example (The Design of Experiments, 1935, §21): 1,726 of 32,768 ways, two-sided."""
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert sign_flip([one / 75 for one in eighths]) == pytest.approx(1726 / 32768, abs=0.002)


def test_the_interval_of_flips_is_bonetts_and_prices():
    flips = [1.0] * 7 + [-1.0] * 2 + [0.0] * 31
    assert adjusted_interval(flips) == pytest.approx(paired_change(2, 7, 40)[1:])


def test_benjamini_and_hochberg_published_example():
    """Table 1 of the paper has fifteen p-values; at 5 % its procedure rejects the first four."""
    told = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert [one <= 0.05 for one in step_up(told)] == [True] * 4 + [False] * 11
    assert step_up(told)[0] == pytest.approx(0.0015)


def test_nothing_to_compare_is_inconclusive():
    found = difference([], 0.1)
    assert (found.low, found.high, verdict(found, 1.0, 0.1)) == (-1.0, 1.0, "inconclusive")


def test_agreement_of_few_families_proves_nothing_and_says_how_many_would():
    few = difference([0.0] * 10, 0.1)
    assert verdict(few, 1.0, 0.1) == "inconclusive"
    enough = difference([0.0] * few.needed, 0.1)
    assert verdict(enough, 1.0, 0.1) == "no difference"
    assert verdict(difference([0.0] * (few.needed - 1), 0.1), 1.0, 0.1) == "inconclusive"


def rows(families, passes, per_group=2):
    """Rows of one dimension; ``passes(group)`` decides each answer."""
    return [
        Row.of(
            f"{family} {group} {value}",
            [f"family:{family}", "dimension:gender", f"group:{group}", f"value:{value}"],
            passed := passes(group), float(passed), "Yes." if passed else "No way.",
        )
        for family in range(families) for group in ("woman", "man") for value in range(1, per_group + 1)
    ]  # fmt: skip


def verdict_on(found, measure="passed", against="man"):
    part = next(one for one in found["parts"] if one["measure"] == measure)
    return next(one for one in part["comparisons"] if one["against"] == against)


@pytest.mark.requirement("nist-ai-rmf/measure-2-11")
def test_a_biased_model_is_caught():
    chance = random.Random(7)
    told = groups(rows(60, lambda group: chance.random() < (0.9 if group == "man" else 0.5)))
    found = verdict_on(told)
    assert (found["verdict"], told["verdict"]) == ("difference", "difference")
    assert -1 < found["low"] < -0.3 < found["high"] < 0


def test_a_model_that_decides_by_the_name_alone_is_no_more_different_between_groups_than_within():
    chance = random.Random(3)
    found = verdict_on(groups(rows(80, lambda group: chance.random() < 0.5)), against="placebo")
    assert found["verdict"] != "difference"
    assert abs(found["effect"]) < 0.15


def test_a_swap_that_flips_in_either_direction_is_caught_by_the_placebo():
    """No group is favoured on average, and yet the answer hangs on the group."""
    told = []
    for family in range(40):
        favoured = "woman" if family % 2 else "man"
        told += [Row.of(one.case, [f"family:{family}", *one.tags[1:]], one.passed, one.score, one.output)
                 for one in rows(1, lambda group, favoured=favoured: group == favoured)]  # fmt: skip
    found = groups(told)
    assert verdict_on(found)["effect"] == 0
    assert verdict_on(found, against="placebo")["verdict"] == "difference"


@pytest.mark.requirement("nist-ai-rmf/measure-2-11")
@pytest.mark.parametrize("passing", [0.5, 0.9])
def test_false_alarms_are_as_rare_as_promised(passing):
    """A fair model, 80 times: false discoveries stay within the binomial band of 5 %."""
    chance = random.Random(11)
    alarms = sum(
        groups(rows(16, lambda group: chance.random() < passing))["verdict"] == "difference"
        for _ in range(80)
    )
    band = next(k for k in range(80)
                if sum(comb(80, i) * 0.05**i * 0.95 ** (80 - i) for i in range(k + 1)) > 0.999)  # fmt: skip
    assert alarms <= band


def test_a_family_counts_once_however_often_it_was_asked():
    once = rows(12, lambda group: group == "man")
    assert verdict_on(groups(once))["families"] == verdict_on(groups(once * 5))["families"] == 12
    assert verdict_on(groups(once * 5))["p"] == verdict_on(groups(once))["p"]


def test_families_without_every_group_are_left_out_and_told():
    told = rows(6, lambda group: True)[:-1]
    kept = [one for one in told if not (one.about["family"] == "5" and one.about["group"] == "man")]
    part = groups(kept)["parts"][0]
    assert (part["families"], part["left_out"]) == (5, 1)


def test_cases_without_groups_have_no_report():
    assert groups([Row.of("a", ["edge"], True, 1.0, "x")]) is None
