"""The list of prompts."""

import pytest
from django.urls import reverse

from tests.portal.opening import Desk

HOSTILE = "<script>alert(1)</script>{{name}}"


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def test_it_shows_a_prompt_to_its_team(desk, factory):
    factory.draft(name="bank/letter")
    assert "letter" in desk.text("author", "prompts")


def test_it_hides_a_prompt_from_a_stranger(desk, factory):
    factory.draft(name="bank/letter")
    assert "letter" not in desk.text("stranger", "prompts")


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ({"q": "refusal"}, True),
        ({"q": "mortgage"}, False),
        ({"kind": "text"}, True),
        ({"kind": "chat"}, False),
        ({"tier": "limited"}, True),
        ({"tier": "high"}, False),
        ({"tag": "tone"}, True),
        ({"tag": "other"}, False),
        ({"state": "draft"}, True),
        ({"q": "refusal state:draft"}, True),
        ({"q": "STATE:released refusal"}, False),
        ({"q": "tag:tone owner:ada tier:limited kind:text in:bank"}, True),
        ({"q": "tag:tone owner:emil"}, False),
        ({"q": "state:senseless"}, False),
        ({"state": "released"}, False),
        ({"state": "frozen"}, False),
        ({"state": "retired"}, False),
        ({"state": "awaiting"}, False),
        ({"collection": "bank"}, True),
        ({"collection": "elsewhere"}, False),
        ({"folder": "bank/cards/"}, True),
        ({"folder": "bank/loans/"}, False),
        ({"owner": "ada"}, True),
        ({"owner": "emil"}, False),
    ],
)
def test_a_filter_keeps_and_leaves_out(desk, factory, people, query, there):
    text = "A refusal in plain words."
    factory.draft(name="bank/cards/letter", text=text, tags=["tone"], owner=people.author)
    rows = desk.get("author", "prompts", **query).context["page"].rows
    assert bool(rows) is there


def test_an_excerpt_shows_the_hit_and_stays_text(desk, factory):
    factory.draft(name="bank/letter", text=f"A refusal {HOSTILE}")
    text = desk.text("author", "prompts", q="refusal")
    assert "<mark>refusal</mark> &lt;script&gt;" in text


def test_a_purpose_stays_text(desk, factory):
    factory.draft(purpose=HOSTILE)
    assert "<script>alert(1)" not in desk.text("author", "prompts")


def test_queries_do_not_grow_with_rows(desk, factory, django_assert_max_num_queries):
    factory.draft(tags=["a"])
    browser, address = desk.browser("author"), reverse("admin:prompts")
    browser.get(address)
    with django_assert_max_num_queries(60) as few:
        browser.get(address)
    for _ in range(5):
        factory.draft(tags=["a"])
    with django_assert_max_num_queries(len(few)):
        browser.get(address)


def test_pages_follow_one_another_without_gap(desk, factory, monkeypatch):
    monkeypatch.setattr("portal.selectors.prompt_rows.PER_PAGE", 2)
    names = {factory.draft().prompt.name for _ in range(5)}
    seen, after = [], ""
    for _ in range(3):
        listing = desk.get("author", "prompts", after=after).context["page"]
        seen += [row.prompt.name for row in listing.rows]
        after = listing.more
    assert (set(seen), len(seen), after) == (names, 5, "")


@pytest.mark.parametrize("after", ["x", "2026-13-45|1", "9" * 400, "2026-01-01|1", "\x00"])
def test_a_senseless_cursor_begins_anew(desk, factory, after):
    factory.draft()
    assert desk.get("author", "prompts", after=after).context["page"].rows


@pytest.mark.parametrize("q", ['"', "'", "a OR b", "*", "\x00", "🙂", "x" * 5000, "tag:", ")("])
def test_no_search_breaks_the_page(desk, factory, q):
    factory.draft()
    assert desk.get("author", "prompts", q=q).status_code == 200


@pytest.mark.parametrize(("who", "found"), [("author", 1), ("stranger", 0), ("auditor", 1)])
def test_suggestions_are_narrowed(desk, factory, who, found):
    factory.draft(name="bank/letter")
    data = desk.get(who, "search-suggest", q="letter").json()["data"]
    assert len(data) == found
