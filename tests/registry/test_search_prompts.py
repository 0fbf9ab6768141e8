"""Search: found by fragment, word, tag and operator; narrowed; never an error."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prompts.registry.models import Prompt
from prompts.registry.search import search_prompts
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.prompts import create_prompt


@pytest.fixture
def library(people, bank):
    """Four prompts of the bank."""
    author = people.actor("author")
    rows = [
        ("bank/credit-decision", "Explain it.", {"tags": ["safety"], "owner": people.steward}),
        ("bank/other", "A decision about zebras.", {"risk_tier": "high", "purpose": "Kindness."}),
        ("bank/chinese", "审稿回复专家 helps", {"kind": "fragment"}),
        ("bank/percent", '100%_off "quoted" it\'s a*b', {"tags": ["two words"]}),
    ]
    for name, text, fields in rows:
        create_prompt(actor=author, name=name, text=text, **fields)
    return author


def found(actor, query: str, **fields: str) -> list[str]:
    """The last segments of what is found, best first."""
    return [prompt.leaf for prompt in search_prompts(actor, query, **fields)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("decision", ["credit-decision", "other"]),
        ("edit-deci", ["credit-decision"]),
        ("ZEBRA", ["other"]),
        ("decision zebras", ["other"]),
        ('"about zebras"', ["other"]),
        ("kindness", ["other"]),
        ("safety", ["credit-decision"]),
        ("审稿回复", ["chinese"]),
        ("回复", ["chinese"]),
        ("tag:safety", ["credit-decision"]),
        ('tag:"two words"', ["percent"]),
        ("tier:high decision", ["other"]),
        ("owner:sten", ["credit-decision"]),
        ("kind:fragment", ["chinese"]),
        ("in:elsewhere", []),
        ("tier:none", []),
        ("100%_off", ["percent"]),
        ("nowhere", []),
    ],
)
def test_what_fits_is_found_best_first(library, query: str, names: list[str]) -> None:
    assert found(library, query) == names


def test_a_new_text_replaces_the_old_one_in_the_index(library) -> None:
    prompt = Prompt.objects.get(name="bank/other")
    create_draft(actor=library, prompt_id=prompt.pk, messages=[{"role": "text", "content": "giraffes"}])
    assert (found(library, "giraffe"), found(library, "zebra")) == (["other"], [])


def test_filters_narrow(library) -> None:
    assert found(library, "", tag="safety") == ["credit-decision"]
    assert found(library, "decision", tier="high", collection="bank") == ["other"]


def test_a_ranked_result_can_be_counted_cut_and_narrowed(library) -> None:
    ranked = search_prompts(library, "decision", within=Prompt.objects.filter(risk_tier="high"))
    assert (ranked.count(), [row.leaf for row in ranked[:1]]) == (1, ["other"])
    assert ranked.select_related("collection", "owner")[0].collection.slug == "bank"


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'",
        "a OR",
        "NEAR(",
        "*",
        "^",
        "-",
        "(",
        "{a}:",
        "tag:",
        'x" AND "y',
        "a\x00b",
        "\ud800",
        "%",
        "--;",
        "a" * 9999,
        "tier:" * 99,
        "()|&!:*",
    ],
)
def test_a_hostile_query_is_no_error(library, query: str) -> None:
    list(search_prompts(library, query))
    search_prompts(library, query).count()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_text_at_all_is_an_error(library, query: str) -> None:
    list(search_prompts(library, query))


@pytest.mark.postgres
def test_postgresql_has_an_index_for_parts_of_names(db) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's index is one of trigrams by itself.")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM registry_prompttext WHERE name ILIKE '%%edit-deci%%'", [])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "registry_prompttext_name_parts" in plan


def test_nobody_finds_what_he_may_not_see(library, people) -> None:
    assert found(people.actor("stranger"), "decision") == []
    assert found(people.actor("leaver"), "decision") == []
    assert found(people.actor("auditor"), "decision") == ["credit-decision", "other"]
