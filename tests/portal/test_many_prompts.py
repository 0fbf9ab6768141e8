"""Lists and searches of many prompts: complete, without repeats, narrowed, at the same number of queries."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.synthetic_texts import EVERYWHERE, PLANTED
from prompts.registry.models import Collection, Prompt
from prompts.registry.services.grants import give
from tests.portal.opening import Desk

SEARCHES = ({}, {"q": EVERYWHERE}, {"q": f"{EVERYWHERE} kind:text"}, {"q": "tag:group-7"}, {"q": "p0"})


@pytest.fixture
def load(people):
    """Makes so many bulk prompts; the author sees their collection, the stranger the first three alone."""

    def make(count: int) -> None:
        call_command("generate_load", "--prompts", str(count), "--versions", "1", stdout=io.StringIO())
        collection = Collection.objects.get(slug="load")
        for right in ("view", "write"):
            give(people.author, right, collection)
        for prompt in Prompt.objects.order_by("name")[:3]:
            give(people.stranger, "view", prompt)

    return make


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def walk(desk: Desk, who: str, **query: str) -> list[str]:
    """The names on all pages of the list, in their order."""
    names, after = [], ""
    for _ in range(30):
        page = desk.get(who, "prompts", after=after, **query).context["page"]
        names += [row.prompt.name for row in page.rows]
        after = page.more
        if not after:
            return names
    raise AssertionError("The pages do not end.")


@pytest.mark.parametrize("query", SEARCHES)
def test_all_pages_together_hold_every_prompt_once(load, desk, monkeypatch, query):
    load(30)
    monkeypatch.setattr("portal.selectors.prompt_rows.PER_PAGE", 7)
    names = walk(desk, "author", **query)
    due = {f"load/p{n:06d}" for n in range(30) if "tag" not in query.get("q", "") or n % 20 == 7}
    assert (len(names), set(names)) == (len(due), due)


@pytest.mark.parametrize("query", SEARCHES[:2])
def test_a_narrow_reader_pages_through_his_own_and_is_told_of_no_more(load, desk, monkeypatch, query):
    load(30)
    monkeypatch.setattr("portal.selectors.prompt_rows.PER_PAGE", 2)
    assert sorted(walk(desk, "stranger", **query)) == [f"load/p{n:06d}" for n in range(3)]
    page = desk.get("stranger", "prompts", **query).context["page"]
    assert (page.count, page.counted_all) == (3, True)


@pytest.mark.parametrize("query", SEARCHES[:2])
def test_a_new_prompt_between_two_pages_makes_no_row_come_twice(load, desk, monkeypatch, query):
    load(6)
    monkeypatch.setattr("portal.selectors.prompt_rows.PER_PAGE", 3)
    first = desk.get("author", "prompts", **query).context["page"]
    seen = [row.prompt.name for row in first.rows]
    load(8)
    page = desk.get("author", "prompts", after=first.more, **query).context["page"]
    assert not set(seen) & {row.prompt.name for row in page.rows}


def test_the_count_ends_where_counting_would_take_long(load, desk, monkeypatch):
    load(12)
    monkeypatch.setattr("portal.selectors.prompt_rows.COUNTED", 10)
    assert "more than 10 prompts" in desk.text("author", "prompts")


@pytest.mark.parametrize("who", ["author", "stranger", "auditor"])
@pytest.mark.parametrize(
    ("name", "query"),
    [("prompts", {}), ("prompts", {"q": EVERYWHERE}), ("prompt", {}), ("index", {}), ("worklists", {})],
)
def test_a_page_asks_the_same_number_of_queries_at_5_and_at_200(load, desk, people, name, query, who):
    if name == "worklists":
        who = {"author": "steward", "stranger": "stranger", "auditor": "steward"}[who]

    def cost() -> int:
        args = [Prompt.objects.get(name="load/p000001").pk] if name == "prompt" else []
        browser, address = desk.browser(who), reverse(f"admin:{name}", args=args)
        browser.get(address, query)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address, query).status_code == 200
        return len(queries)

    load(5)
    few = cost()
    load(200)
    assert cost() == few


def test_a_seldom_word_is_found_among_many(load, desk):
    load(200)
    names = walk(desk, "author", q=PLANTED)
    assert sorted(names) == ["load/p000007", "load/p000097", "load/p000187"]
