"""Pages of the search of the API."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.synthetic_texts import EVERYWHERE

PROMPTS = "/api/v1/prompts"
pytestmark = pytest.mark.django_db


def walk(reader, query: str) -> list[str]:
    """The names on all pages."""
    names, cursor = [], ""
    for _ in range(60):
        body = reader.get(f"{PROMPTS}?{query}&cursor={cursor}").json()
        names += [row["name"] for row in body["data"]]
        cursor = body["next"]
        if cursor is None:
            return names
    raise AssertionError("The pages do not end.")


@pytest.mark.parametrize("most", [2, 2000])
def test_hits_that_the_key_may_not_read_leave_no_gap(release, reader, factory, monkeypatch, most):
    monkeypatch.setattr("prompts.serving.selectors.search.MOST_AT_ONCE", most)
    for number in range(9):
        factory.draft(name=f"bank/letter-{number}")
    for number in (1, 5, 7):
        release(name=f"bank/letter-{number}x")
    assert walk(reader, "q=letter&limit=1") == ["bank/letter-1x", "bank/letter-5x", "bank/letter-7x"]


@pytest.mark.parametrize("query", [f"q={EVERYWHERE}&limit=7", "q=tag:group-7&limit=1", "limit=7"])
def test_all_pages_together_hold_every_prompt_once(house, key, query):
    call_command("generate_load", "--prompts", "30", "--versions", "1", stdout=io.StringIO())
    due = {f"load/p{n:06d}" for n in range(30) if "tag" not in query or n % 20 == 7}
    names = walk(key("read", collections=["load"]), query)
    assert (len(names), set(names)) == (len(due), due)


@pytest.mark.parametrize("query", ["", f"?q={EVERYWHERE}"])
def test_the_number_of_queries_is_the_same_at_5_and_at_200(house, key, query):
    reader = key("read", collections=["load"])

    def cost() -> int:
        reader.get(PROMPTS + query)
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(PROMPTS + query).status_code == 200
        return len(queries)

    call_command("generate_load", "--prompts", "5", "--versions", "1", stdout=io.StringIO())
    few = cost()
    call_command("generate_load", "--prompts", "200", "--versions", "1", stdout=io.StringIO())
    assert cost() == few
