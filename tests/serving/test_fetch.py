"""Fetching a released prompt."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import http_date

from prompts.registry.services.drafts import create_draft
from prompts.registry.services.prompts import create_prompt
from prompts.releases.models import Retirement
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.retire import retire_prompt
from prompts.serving.models import FetchMark

PROMPTS = "/api/public/v2/prompts/"
pytestmark = pytest.mark.django_db


def test_the_live_version_is_what_a_bare_fetch_gives(release, reader):
    release(name="bank/letter", text="Dear {{name}}")
    body = reader.get(PROMPTS + "bank/letter").json()
    assert (body["prompt"], body["version"], body["labels"]) == ("Dear {{name}}", 1, ["production"])


@pytest.mark.parametrize("name", ["bank/letter", "bank%2Fletter", "bank%2fletter"])
def test_a_slash_may_be_written_in_both_ways(release, reader, name):
    release(name="bank/letter")
    assert reader.get(PROMPTS + name).status_code == 200


def test_it_costs_one_query_beside_the_check_of_the_key(release, reader):
    release(name="bank/letter")
    reader.get(PROMPTS + "bank/letter")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reader.get(PROMPTS + "bank/letter")
    assert len(queries) == 2


def test_a_draft_is_never_seen_by_a_production_key(release, reader, factory):
    version = release(name="bank/letter", text="old")
    factory.next_draft(version.prompt, text="secret draft")
    assert reader.get(PROMPTS + "bank/letter").json()["prompt"] == "old"
    for query in ("?version=2", "?label=latest"):
        assert reader.get(PROMPTS + "bank/letter" + query).status_code == 404


def test_drafts_and_latest_need_the_verb_for_them(release, key, factory):
    version = release(name="bank/letter", text="old", environment="development")
    factory.next_draft(version.prompt, text="new")
    api = key("read", "read_drafts", environments=["development"])
    assert api.get(PROMPTS + "bank/letter?label=latest").json()["prompt"] == "new"
    assert api.get(PROMPTS + "bank/letter?version=2").json()["prompt"] == "new"
    assert api.get(PROMPTS + "bank/letter?label=development").json()["prompt"] == "old"


def test_a_superseded_version_is_still_read_by_its_number(release, reader, people):
    first = release(name="bank/letter", text="one")
    second = create_draft(
        actor=people.actor("author"), prompt_id=first.prompt_id, messages=[{"role": "text", "content": "two"}]
    )
    release(second)
    body = reader.get(PROMPTS + "bank/letter?version=1").json()
    assert (body["prompt"], body["labels"]) == ("one", [])


def test_what_is_released_elsewhere_only_is_not_there(release, reader):
    release(name="bank/letter", environment="staging")
    assert reader.get(PROMPTS + "bank/letter").status_code == 404
    assert reader.get(PROMPTS + "bank/letter?label=staging").status_code == 404
    assert reader.get(PROMPTS + "bank/letter?version=1").status_code == 404


def test_another_collection_is_not_there(release, key):
    release(name="bank/letter")
    assert key("read", collections=["elsewhere"]).get(PROMPTS + "bank/letter").status_code == 404


@pytest.mark.requirement("eu-ai-act/14", "eu-ai-act/26-5", "nist-ai-rmf/manage-2-4")
def test_a_frozen_prompt_is_gone_and_says_why(release, reader, people):
    version = release(name="bank/letter")
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    answer = reader.get(PROMPTS + "bank/letter")
    assert (answer.status_code, answer.json()["error"]) == (404, "frozen")


def test_a_frozen_prompt_serves_its_safe_version(release, reader, people, factory):
    first = release(name="bank/letter", text="safe")
    release(factory.next_draft(first.prompt, text="harmful"))
    who = people.actor("ethics_officer")
    freeze_prompt(actor=who, prompt_id=first.prompt_id, reason="Harm.", safe_version=1)
    assert reader.get(PROMPTS + "bank/letter").json()["prompt"] == "safe"
    assert reader.get(PROMPTS + "bank/letter?version=2").json()["error"] == "frozen"


def test_a_retired_prompt_is_gone_and_says_why(release, reader, people):
    version = release(name="bank/letter")
    retire_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, reason="Old.")
    answer = reader.get(PROMPTS + "bank/letter")
    assert (answer.status_code, answer.json()["error"]) == (404, "retired")


def test_a_retired_prompt_hands_over_to_its_successor(release, reader, people):
    old, heir = release(name="bank/old"), release(name="bank/heir", text="new")
    retire_prompt(
        actor=people.actor("steward"), prompt_id=old.prompt_id, successor=heir.prompt, reason="Better."
    )
    assert reader.get(PROMPTS + "bank/old").json()["name"] == "bank/heir"


def test_a_chat_keeps_its_placeholders(release, reader):
    messages = [{"role": "system", "content": "Be kind."}, {"role": "placeholder", "name": "history"}]
    release(name="bank/chat", kind="chat", text=None, messages=messages)
    body = reader.get(PROMPTS + "bank/chat").json()
    assert body["type"] == "chat"
    assert body["prompt"] == [
        {"type": "chatmessage", "role": "system", "content": "Be kind."},
        {"type": "placeholder", "name": "history"},
    ]


def test_fragments_are_put_in_as_they_were_pinned(release, reader, factory):
    first = release(name="bank/tone", kind="fragment", text="Be kind.")
    release(name="bank/letter", text="{{> bank/tone}} Write.")
    release(factory.next_draft(first.prompt, text="Be rude."))
    assert reader.get(PROMPTS + "bank/letter").json()["prompt"] == "Be kind. Write."
    assert reader.get(PROMPTS + "bank/letter?resolve=false").json()["prompt"] == "{{> bank/tone}} Write."


def test_an_unchanged_answer_is_not_sent_again(release, reader):
    release(name="bank/letter")
    first = reader.get(PROMPTS + "bank/letter")
    again = reader.get(PROMPTS + "bank/letter", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "query",
    [
        "?version=0",
        "?version=x",
        "?version=1&label=production",
        "?version=99999999999999",
        "?resolve=2",
        "?label=%00",
    ],
)
def test_nonsense_is_told_to_be_nonsense(release, reader, query):
    release(name="bank/letter")
    answer = reader.get(PROMPTS + "bank/letter" + query)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("name", ["nothing", "bank/nothing", "bank/%00", "bank/\u00fc", "bank/" + "x" * 400])
def test_what_is_not_there_answers_404(reader, name):
    assert reader.get(PROMPTS + name).status_code == 404


def test_until_its_day_an_ending_prompt_is_served_and_says_so(release, reader, people):
    old, heir = release(name="bank/old"), release(name="bank/heir")
    row = retire_prompt(
        actor=people.actor("steward"),
        prompt_id=old.prompt_id,
        successor=heir.prompt,
        reason="Better.",
        sunset_at=timezone.now() + timedelta(days=3),
    )
    for query in ("", "?version=1"):
        answer = reader.get(f"/api/public/v2/prompts/bank/old{query}")
        assert answer.json()["deprecation"] == {
            "deprecatedAt": row.at.isoformat(),
            "sunsetAt": row.sunset_at.isoformat(),
            "successor": "bank/heir",
        }
        assert answer["Deprecation"] == f"@{int(row.at.timestamp())}"
        assert answer["Sunset"] == http_date(row.sunset_at.timestamp())
        assert answer["Link"] == '</api/public/v2/prompts/bank/heir>; rel="successor-version"'


def test_a_successor_outside_the_keys_reach_is_not_named(release, key, people):
    old = release(name="bank/old")
    other = create_prompt(actor=people.actor("stranger"), name="elsewhere/secret", text="Psst.")
    Retirement.objects.create(
        prompt=old.prompt,
        successor=other,
        reason="Better.",
        by_name="sten",
        at=timezone.now(),
        sunset_at=timezone.now() + timedelta(days=3),
    )
    answer = key("read").get("/api/public/v2/prompts/bank/old")
    assert (answer.json()["deprecation"]["successor"], "Link" in answer, b"secret" in answer.content) == (
        None,
        False,
        False,
    )


def test_after_its_day_an_ended_prompt_is_gone_even_before_the_sweep(release, reader, people):
    version = release()
    retire_prompt(
        actor=people.actor("steward"),
        prompt_id=version.prompt_id,
        reason="Old.",
        sunset_at=timezone.now() + timedelta(days=3),
    )
    Retirement.objects.update(sunset_at=timezone.now() - timedelta(seconds=1))
    answer = reader.get(f"/api/public/v2/prompts/{version.prompt.name}")
    assert (answer.status_code, answer.json()["error"]) == (404, "retired")


def test_who_fetches_is_noted_once_and_in_one_statement(release, reader, django_assert_num_queries):
    version = release()
    path = f"/api/public/v2/prompts/{version.prompt.name}"
    reader.get(path)
    mark = FetchMark.objects.get()
    assert (mark.account.name, mark.prompt) == (reader.pair.account.name, version.prompt)
    with django_assert_num_queries(2):  # the key's row and the one statement of the fetch
        reader.get(path)
    assert FetchMark.objects.get().last_at == mark.last_at
