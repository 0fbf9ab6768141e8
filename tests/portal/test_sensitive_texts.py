"""The text of a sensitive prompt: every page about it is opened, and none shows it without a purpose."""

import json
from typing import Any

import pytest
from django.test import Client

from audits.exports.models import Export
from audits.ledger.models import Event
from portal.pages import access
from portal.text_paths import TEXTS
from prompts.evaluations.models import Result
from prompts.observability.models import Call
from prompts.registry.models import Prompt
from prompts.registry.search import reindex
from prompts.registry.services.sensitivity import mark_sensitive
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL, People
from tests.portal.stage import Stage, build
from tests.portal.test_access import NEEDS_MORE

pytestmark = pytest.mark.django_db
MARKER = "ZANZIBARQUARTZ"
READERS = ("author", "expert", "ethics_officer", "auditor")


@pytest.fixture
def stage(people: People, bank: Any, factory: Any) -> Stage:
    """Everything about prompts of the bank, with the marker in every text and every trace; then marked."""
    made = build(people, bank, factory)
    put_marker()
    mark_sensitive(actor=SHELL, on=bank, reason="Names of customers.")
    return made


def put_marker() -> None:
    """Writes the marker into texts, frozen ones too, into answers of models and into traces."""
    content = json.dumps([{"role": "user", "content": f"{MARKER} for {{{{name}}}}"}])
    behind_the_back("UPDATE registry_version SET messages = %s", content)
    for prompt in Prompt.objects.all():
        reindex(prompt)
    for table in ("evaluations_case", "evaluations_historicalcase"):
        behind_the_back(f"UPDATE {table} SET vars = %s", json.dumps({"name": MARKER}))  # noqa: S608
    Result.objects.update(output=MARKER)
    Call.objects.update(output=MARKER, input=MARKER)


def signed_in(people: People, who: str) -> Client:
    client = Client()
    client.force_login(getattr(people, who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(answer: Any) -> str:
    parts = answer.streaming_content if getattr(answer, "streaming", False) else [answer.content]
    return b"".join(parts).decode("utf-8", "replace")


@pytest.mark.parametrize("who", READERS)
@pytest.mark.requirement("hipaa/312-b", "soc-2/cc6-1")
def test_no_page_shows_the_text_without_a_purpose(stage: Stage, people: People, who: str) -> None:
    client, wrong = signed_in(people, who), []
    for name in sorted(set(access.table()) - NEEDS_MORE):
        if MARKER in body(client.get(stage.url(name))):
            wrong.append(name)
    for tab in (
        "summary",
        "text",
        "variants",
        "evaluations",
        "use",
        "approvals",
        "discussion",
        "access",
        "audit",
    ):
        if MARKER in body(client.get(stage.url("admin:prompt"), {"tab": tab})):
            wrong.append(tab)
    assert wrong == []


SHOWN = {
    "admin:beside",
    "admin:call",
    "admin:call-case",
    "admin:call-output",
    "admin:desk-request",
    "admin:draft",
    "admin:evaluations_case_change",
    "admin:evaluations_case_simple_history",
    "admin:result-output",
    "admin:run",
    "admin:run-results",
}
"""Pages that show the marker of the stage once they may; others of the table show text only when asked."""


@pytest.mark.requirement("hipaa/312-b")
def test_with_a_purpose_every_page_shows_it_and_enters_the_read(stage: Stage, people: People) -> None:
    client = signed_in(people, "author")
    for prompt in Prompt.objects.all():
        client.post(f"/admin/prompts/{prompt.pk}/purpose", {"purpose": "An audit"})
    wrong = []
    for name in sorted(SHOWN):
        seen = MARKER in body(client.get(stage.url(name)))
        entry = Event.objects.latest("id")
        told = (entry.event, entry.actor, entry.reason, json.loads(entry.payload)["what"])
        if not seen or told != ("registry.sensitive.read", "ada", "An audit", stage.url(name)):
            wrong.append((name, seen, told))
    assert wrong == []


def asked(client: Client, address: str, **values: Any) -> bool:
    """Whether the page asks for a purpose instead of answering."""
    answer = client.get(address, values)
    return answer.status_code == 428 and "What do you read" in answer.content.decode()


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"admin:merge", "admin:evidence", "admin:export-file"}))
def test_each_page_of_the_table_asks(stage: Stage, people: People, name: str) -> None:
    assert asked(signed_in(people, "ethics_officer"), stage.url(name), tab="text")


def test_a_merge_and_a_neighbour_ask_too(stage: Stage, people: People, factory: Any) -> None:
    client, marked = signed_in(people, "ethics_officer"), Prompt.objects.get(name="bank/letter")
    other = factory.draft(name="elsewhere/letter", by=people.actor("stranger")).prompt
    assert asked(client, "/admin/duplicates/merge", prompt=[other.pk, marked.pk])
    assert asked(client, f"/admin/prompts/{other.pk}/beside/", other=marked.pk)
    assert not asked(client, f"/admin/prompts/{other.pk}/", tab="text")


def test_a_search_shows_no_piece_of_it(stage: Stage, people: People) -> None:
    page = signed_in(people, "author").get("/admin/prompts/", {"q": MARKER}).content.decode()
    assert f"/admin/prompts/{Prompt.objects.get(name='bank/letter').pk}/" in page
    assert f"<mark>{MARKER}</mark>" not in page


def test_a_pack_is_neither_asked_for_nor_fetched_without_a_purpose(stage: Stage, people: People) -> None:
    client = signed_in(people, "auditor")
    for given in ({"prompt": "bank/letter"}, {"trace": "t"}):
        before = Export.objects.count()
        assert client.post("/admin/exports/evidence", given).status_code == 428
        assert Export.objects.count() == before
    row = Export.objects.filter(requested_by=people.author).latest("pk")
    Export.objects.filter(pk=row.pk).update(format="evidence", asked={"prompt": "bank/letter"})
    assert asked(signed_in(people, "author"), f"/admin/exports/{row.pk}/file")


def test_a_stranger_is_not_asked_but_told_that_there_is_nothing(stage: Stage, people: People) -> None:
    assert signed_in(people, "stranger").get(stage.url("admin:draft")).status_code == 404


def test_a_script_is_told_as_json(stage: Stage, people: People) -> None:
    answer = signed_in(people, "author").get(stage.url("admin:run"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (428, "purpose_needed")


def test_results_of_another_prompt_ask_where_their_cases_hold_words_of_a_trace(
    stage: Stage, people: People, factory: Any
) -> None:
    marked = Prompt.objects.get(name="bank/letter")
    other = factory.draft(name="elsewhere/letter", by=people.actor("stranger")).prompt
    behind_the_back("UPDATE evaluations_run SET prompt_id = %s", other.pk)
    client = signed_in(people, "ethics_officer")
    for name in ("admin:result", "admin:run", "admin:run-results", "admin:suite"):
        answer = client.get(stage.url(name))
        assert (answer.status_code, answer.context["prompt"]) == (428, marked), name
