"""Steps for many prompts at once, by their own verbs; what is refused is told row by row."""

import pytest
from django.urls import reverse

from audits.ledger.models import Event
from prompts.registry.models import Prompt
from tests.people import SHELL
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def tend(desk, versions, act: str, value: str, who: str = "steward"):
    """Sends the form for these prompts; the messages that came of it."""
    browser, address = desk.browser(who), reverse("admin:worklists") + "?list=orphaned"
    keys = [version.prompt_id for version in versions]
    answer = browser.post(address, {"prompt": keys, "act": act, "value": value}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def reread(version) -> Prompt:
    """The prompt as it stands now."""
    return Prompt.objects.get(pk=version.prompt_id)


def test_a_tag_comes_and_goes_with_one_entry_for_each_prompt(desk, factory) -> None:
    rows = [factory.draft(tags=["old"]), factory.draft()]
    tend(desk, rows, "tag", "tidy")
    assert [reread(row).tags for row in rows] == [["old", "tidy"], ["tidy"]]
    tend(desk, rows, "untag", "tidy")
    assert [reread(row).tags for row in rows] == [["old"], []]
    assert Event.objects.filter(event="registry.prompt.changed", actor="sten").count() == 4


def test_an_owner_is_assigned(desk, factory, people) -> None:
    row = factory.draft()
    tend(desk, [row], "assign", "EMIL")
    assert reread(row).owner == people.engineer


def test_what_is_live_is_not_archived_and_the_rest_is(desk, factory) -> None:
    draft, live = factory.draft(name="bank/a"), factory.released(name="bank/b")
    told = tend(desk, [draft, live], "archive", "Nobody needs it.")
    assert [reread(row).archived_at is not None for row in (draft, live)] == [True, False]
    assert any(text.startswith("bank/b was left as it is: version 1 is live") for text in told)


def test_what_may_not_be_written_is_refused_and_what_is_not_seen_is_not_named(desk, factory, people) -> None:
    hidden, row = factory.draft(name="elsewhere/x", by=SHELL), factory.draft(name="bank/x")
    told = tend(desk, [hidden, row], "tag", "tidy")
    assert (reread(hidden).tags, reread(row).tags) == ([], ["tidy"])
    assert not any("elsewhere" in text for text in told)


@pytest.mark.parametrize(
    ("act", "value"),
    [("tag", ""), ("tag", "x" * 61), ("assign", "nobody"), ("assign", "leo"), ("archive", ""), ("burn", "x")],
)
def test_a_senseless_step_changes_nothing_and_says_why(desk, factory, act, value) -> None:
    row = factory.draft(tags=["a"])
    assert tend(desk, [row], act, value)
    assert (reread(row).tags, reread(row).owner, reread(row).archived_at) == (["a"], None, None)


def test_no_chosen_row_is_told(desk, people) -> None:
    assert tend(desk, [], "tag", "x") == ["Choose prompts, at most 200 at once."]
