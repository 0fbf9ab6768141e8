"""Filters of the pages' templates."""

from decimal import Decimal

import pytest

from portal.templatetags.pages import cost, listed, seconds, signed, versioned
from prompts.evaluations.models import Run


@pytest.mark.parametrize(
    ("amount", "kinds", "answers", "words"),
    [
        (Decimal("1.5"), ["openai"], 3, "1.50\u00a0USD"),
        (None, ["recorded"], 3, "none"),
        (None, ["recorded", "openai"], 3, "unknown"),
        (None, ["recorded", "openai"], 0, "none"),
    ],
)
def test_recorded_answers_cost_nothing_and_others_without_a_price_an_unknown_sum(
    amount, kinds, answers, words
):
    run = Run(cost=amount, passed=answers, providers=[{"kind": kind} for kind in kinds])
    assert cost(run) == words


@pytest.mark.parametrize(("number", "words"), [("3.84", "+3.8"), ("-16.666", "\u221216.7"), (0, "+0.0")])
def test_a_change_carries_its_sign(number, words):
    assert signed(number) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(["a", "b"], "a, b"), ({"max": 120}, "max 120"), (None, ""), ("plain", "plain")],
)
def test_an_expected_value_is_listed_for_people(value, words):
    assert listed(value) == words


def test_a_policy_names_its_version():
    assert (versioned("high risk@2"), versioned("plain")) == ("high risk, version 2", "plain")


def test_a_run_of_seconds_is_told_in_seconds():
    assert (seconds(Decimal("2.5")), seconds(None)) == ("2.5\u00a0s", "\u2013")
