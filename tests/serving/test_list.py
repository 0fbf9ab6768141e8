"""The list of prompts in Langfuse's shape."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prompts.releases.services.freeze import freeze_prompt

PROMPTS = "/api/public/v2/prompts"
pytestmark = pytest.mark.django_db


def names(answer):
    return [row["name"] for row in answer.json()["data"]]


def test_it_shows_what_the_key_reads_and_no_draft(release, reader, factory):
    version = release(name="bank/letter")
    factory.next_draft(version.prompt, text="secret")
    factory.draft(name="bank/only-a-draft")
    release(name="bank/staged", environment="staging")
    body = reader.get(PROMPTS).json()
    assert [(row["name"], row["versions"], row["labels"]) for row in body["data"]] == [
        ("bank/letter", [1], ["production"])
    ]
    assert body["meta"] == {"page": 1, "limit": 10, "totalItems": 1, "totalPages": 1}


def test_pages_follow_one_another(release, reader):
    for number in range(3):
        release(name=f"bank/p{number}")
    assert names(reader.get(PROMPTS + "?limit=2")) == ["bank/p0", "bank/p1"]
    assert names(reader.get(PROMPTS + "?limit=2&page=2")) == ["bank/p2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?name=bank/a", ["bank/a"]),
        ("?tag=care", ["bank/b"]),
        ("?label=production", ["bank/a", "bank/b"]),
        ("?label=staging", []),
        ("?version=2", []),
        ("?fromUpdatedAt=2100-01-01T00:00:00Z", []),
        ("?toUpdatedAt=2100-01-01T00:00:00Z", ["bank/a", "bank/b"]),
    ],
)
def test_filters_narrow_it(release, reader, query, found):
    release(name="bank/a")
    release(name="bank/b", tags=["care"])
    assert names(reader.get(PROMPTS + query)) == found


def test_a_frozen_prompt_is_left_out(release, reader, people):
    version = release(name="bank/letter")
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    assert names(reader.get(PROMPTS)) == []


def test_the_number_of_queries_does_not_grow(release, reader):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            reader.get(PROMPTS)
        return len(queries)

    release(name="bank/a")
    reader.get(PROMPTS)
    one = cost()
    for number in range(4):
        release(name=f"bank/p{number}")
    assert cost() == one


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=101", "?page=0", "?fromUpdatedAt=x", "?filter=[]", "?version=-1"]
)
def test_nonsense_is_told_to_be_nonsense(reader, query):
    assert reader.get(PROMPTS + query).status_code == 400
