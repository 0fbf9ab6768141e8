"""The page of a prompt."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prompts.registry.models import Version
from tests.portal.opening import Desk

TABS = ("summary", "text", "evaluations", "use", "approvals", "access", "audit")
HOSTILE = '<script>alert(1)</script> {{name}} "><img src=x onerror=alert(2)>'


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("who", ["author", "ethics_officer", "auditor", "administrator", "documentarian"])
def test_every_tab_opens_for_who_may_see_it(desk, factory, who, tab):
    draft = factory.draft()
    assert desk.get(who, "prompt", draft.prompt_id, tab=tab).status_code == 200


@pytest.mark.parametrize("tab", TABS)
def test_a_stranger_finds_nothing(desk, factory, tab):
    draft = factory.draft()
    assert desk.get("stranger", "prompt", draft.prompt_id, tab=tab).status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_hostile_text_stays_text(desk, factory, tab):
    draft = factory.draft(text=HOSTILE, purpose=HOSTILE, tags=[HOSTILE[:50]])
    text = desk.text("author", "prompt", draft.prompt_id, tab=tab)
    assert "<script>alert" not in text
    assert "<img src=x" not in text


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_a_released_prompt(desk, factory, tab):
    version = factory.released(environment="development")
    assert "development" in desk.text("auditor", "prompt", version.prompt_id, tab=tab)


def test_the_text_tab_compares_with_any_version(desk, factory):
    first = factory.draft(text="Say no.")
    factory.next_draft(first.prompt, text="Say maybe.")
    text = desk.text("author", "prompt", first.prompt_id, tab="text", version=2, against=1)
    assert "<del>" in text
    assert "<ins>" in text


def test_a_restored_text_begins_a_new_draft(desk, factory):
    first = factory.approved()
    factory.next_draft(first.prompt, text="Another.")
    desk.post("author", "draft-new", first.prompt_id, **{"from": 1})
    assert Version.objects.get(prompt=first.prompt, number=3).text == first.text


def test_an_administrator_grants_and_takes_away(desk, factory, people):
    prompt = factory.draft().prompt
    desk.post("administrator", "prompt-access", prompt.pk, who="stranger", right="view")
    seen = desk.get("stranger", "prompt", prompt.pk).status_code
    key = f"user:{people.stranger.pk}"
    desk.post("administrator", "prompt-access", prompt.pk, who=key, right="view", revoke="1")
    assert (seen, desk.get("stranger", "prompt", prompt.pk).status_code) == (200, 404)


def test_a_writer_cannot_let_others_in(desk, factory):
    prompt = factory.draft().prompt
    answer = desk.post("author", "prompt-access", prompt.pk, who="stranger", right="view")
    assert (answer.status_code, desk.get("stranger", "prompt", prompt.pk).status_code) == (403, 404)


def test_the_audit_tab_names_who_changed_what(desk, factory):
    prompt = factory.draft(purpose="Old purpose.").prompt
    desk.post("author", "prompt-edit", prompt.pk, purpose="New purpose.", risk_tier="limited")
    text = desk.text("author", "prompt", prompt.pk, tab="audit")
    assert "<del>Old purpose.</del> <ins>New purpose.</ins>" in text


def test_queries_do_not_grow_with_versions(desk, factory, django_assert_max_num_queries):
    first = factory.draft()
    browser, address = desk.browser("author"), reverse("admin:prompt", args=[first.prompt_id])
    browser.get(address)
    with django_assert_max_num_queries(120) as few:
        browser.get(address)
    for number in range(4):
        factory.next_draft(first.prompt, text=f"Text {number}.")
    with django_assert_max_num_queries(len(few)):
        browser.get(address)


def test_only_the_open_tab_is_loaded(desk, factory):
    draft = factory.draft()
    browser, address = desk.browser("author"), reverse("admin:prompt", args=[draft.prompt_id])
    with CaptureQueriesContext(connection) as told:
        browser.get(address, {"tab": "text"})
    assert not [
        q for q in told.captured_queries if "historicalprompt" in q["sql"] or "evaluations_run" in q["sql"]
    ]
