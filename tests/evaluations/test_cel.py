"""``cel``: conditions in place of code."""

import time

import pytest

from prompts.evaluations.graders import CannotGrade, Context, grade_one

CONTEXT = Context(
    vars={"city": "Bern", "limit": 3, "words": ["a", "b"]},
    response_metadata={"route": "fast"},
    latency_ms=120,
    cost=None,
    finish_reason="stop",
)


def asked(expression, output="Bern is fine", **fields):
    return grade_one({"type": "cel", "value": expression, **fields}, output, CONTEXT)


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        ("output.contains(vars.city)", True),
        ("size(output) < vars.limit", False),
        ("vars.words.all(word, output.contains(word))", False),
        ("output.split(' ').size() == 3 && output.matches('^[A-Z]')", True),
        ("metadata.route == 'fast' && latency_ms < 200", True),
        ("has(vars.missing)", False),
        ("cost == null", True),
        ("config.least <= 2", True),
    ],
)
def test_an_expression_decides(expression, passes):
    found = asked(expression, config={"least": 2})
    assert (found.passed, found.score) == (passes, float(passes))


def test_structured_outputs_are_read_by_field():
    assert asked(
        "output.items.exists(item, item.price > 9.5)", {"items": [{"price": 3}, {"price": 10}]}
    ).passed


def test_not_turns_it_round():
    assert not grade_one({"type": "not-cel", "value": "true"}, "", CONTEXT).passed


@pytest.mark.parametrize(
    ("threshold", "passes"), [({}, True), ({"threshold": 0.5}, True), ({"threshold": 0.7}, False)]
)
def test_a_number_is_a_score(threshold, passes):
    found = asked("output.startsWith('Bern') ? 0.6 : 0.0", **threshold)
    assert (found.passed, found.score) == (passes, 0.6)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "needs a value"),
        ("output.", "cannot be evaluated"),
        ("nobody", "undeclared reference"),
        ("vars.missing == 1", "Key not found"),
        ("1 / 0", "divide by zero"),
        ("output", "not to true, false or a number"),
        ("'x' + 1", "no matching overload"),
        ("(" * 4000 + "1" + ")" * 4000, "cannot be evaluated"),
        ("1 == " + "1" * 20_000, "longer than"),
    ],
)
def test_a_faulty_expression_says_why(expression, words):
    with pytest.raises(CannotGrade, match=words):
        asked(expression)


def test_an_expression_without_end_is_stopped():
    many = "[" + ",".join("0" * 60) + "]"
    nested = f"{many}.all(a, {many}.all(b, {many}.all(c, {many}.all(d, a + b + c + d == 0))))"
    began = time.monotonic()
    with pytest.raises(CannotGrade, match=r"budget|longer than"):
        asked(nested)
    assert time.monotonic() - began < 10


def test_variables_are_not_filled_into_the_expression():
    hostile = Context(vars={"city": "'' || true"})
    with pytest.raises(CannotGrade):
        grade_one({"type": "cel", "value": "output == '{{city}}' +"}, "x", hostile)
    assert not grade_one({"type": "cel", "value": "output == vars.city"}, "x", hostile).passed
