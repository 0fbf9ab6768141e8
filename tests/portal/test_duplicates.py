"""Pages of near-duplicates: the whole library, two texts beside each other, and the note at writing."""

import pytest
from django.urls import reverse

from tests.people import SHELL
from tests.portal.opening import Desk

LETTER = (
    "Explain the decision to the customer in plain words. Name the rule that was applied, the amounts that "
    "count, what can be done against it and until when."
)
HOSTILE = "<script>alert(1)</script> "


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def pair(factory):
    """Two prompts with hostile texts that are alike, and one elsewhere."""
    factory.draft(name="elsewhere/secretcopy", text=LETTER, by=SHELL)
    return [factory.draft(name=f"bank/{name}", text=HOSTILE + LETTER + name) for name in ("one", "two")]


@pytest.mark.parametrize(
    ("who", "there", "hidden"),
    [("author", True, False), ("auditor", True, True), ("stranger", False, False)],
)
def test_the_library_shows_groups_of_what_is_seen(desk, pair, who, there, hidden) -> None:
    text = desk.text(who, "duplicates")
    assert ("beside/?other=" in text, "secretcopy" in text) == (there, hidden)


def test_two_texts_stand_beside_each_other_as_text(desk, pair) -> None:
    one, two = (version.prompt for version in pair)
    text = desk.text("author", "beside", one.pk, other=two.pk)
    assert "98\u00a0% alike" in text or "97\u00a0% alike" in text or "96\u00a0% alike" in text
    assert "<script>alert" not in text


def test_without_another_the_likest_is_taken(desk, pair) -> None:
    assert desk.get("author", "beside", pair[0].prompt_id).context["other"] == pair[1].prompt


@pytest.mark.parametrize(("other", "status"), [("999999", 404), ("x", 404), ("\x00", 404), ("", 200)])
def test_an_other_that_is_not_there_is_told(desk, pair, other, status) -> None:
    assert desk.get("author", "beside", pair[0].prompt_id, other=other).status_code == status


def test_another_that_may_not_be_seen_is_not_there(desk, people, factory, pair) -> None:
    mine = factory.draft(name="elsewhere/mine", text=LETTER, by=SHELL)
    assert desk.get("stranger", "beside", mine.prompt_id, other=pair[0].prompt_id).status_code == 404


def test_the_editor_and_the_prompt_tell_what_they_are_like(desk, pair) -> None:
    for name, key in (("draft", pair[0].pk), ("prompt", pair[0].prompt_id)):
        text = desk.text("author", name, key)
        assert "Much like" in text
        assert "secretcopy" not in text


def test_queries_do_not_grow_with_groups(desk, factory, pair, django_assert_max_num_queries) -> None:
    browser, address = desk.browser("author"), reverse("admin:duplicates")
    browser.get(address)
    with django_assert_max_num_queries(60) as few:
        browser.get(address)
    for number in range(6):
        factory.draft(text=f"{LETTER} And so on, {number}.")
    with django_assert_max_num_queries(len(few)):
        browser.get(address)
