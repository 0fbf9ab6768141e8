"""Two versions beside each other."""

import pytest

from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def prompt(factory):
    """A prompt with two texts."""
    first = factory.draft(text="Answer within 2 hours.\n<b>Be kind.</b>")
    factory.next_draft(first.prompt, text="Answer within 60 minutes.\n<b>Be kind.</b>")
    return first.prompt


def test_changed_words_are_marked_on_both_sides(desk, prompt):
    text = desk.text("author", "compare", prompt.pk)
    assert "<del>2" in text
    assert "<ins>60" in text


def test_the_text_stays_text(desk, prompt):
    assert "<b>Be kind" not in desk.text("author", "compare", prompt.pk)


def test_any_two_versions_can_be_chosen(desk, prompt):
    context = desk.get("author", "compare", prompt.pk, a="2", b="1").context
    assert (context["left"].number, context["right"].number, context["lines"]) == (2, 1, 1)


@pytest.mark.parametrize(("a", "b"), [("9", "9"), ("x", "-1"), ("\x00", ""), ("9" * 40, "1")])
def test_senseless_numbers_fall_back(desk, prompt, a, b):
    assert desk.get("author", "compare", prompt.pk, a=a, b=b).status_code == 200


def test_one_version_alone_says_so(desk, factory):
    assert "only one version" in desk.text("author", "compare", factory.draft().prompt_id)


def test_a_stranger_finds_nothing(desk, prompt):
    version = prompt.versions.first()
    answers = desk.get("stranger", "compare", prompt.pk), desk.get("stranger", "version", version.pk)
    assert [answer.status_code for answer in answers] == [404, 404]
