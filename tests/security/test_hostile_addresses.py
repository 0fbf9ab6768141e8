"""Addresses and forms that nobody's browser sends: refused, and never an error of the server."""

import pytest
from django.test import Client

NASTY = ["²", "9" * 30, "a\x00b", "[", "0001-01-01", " ", "9" * 5000]
LINKED = ["/admin/evaluations/case/add/?suite=", "/admin/evaluations/schedule/add/?prompt="]


@pytest.fixture
def browser(people):
    client = Client()
    client.force_login(people.steward)
    return client


@pytest.mark.parametrize("text", NASTY)
def test_a_history_of_what_is_no_key_is_not_there(browser, text):
    from urllib.parse import quote

    for model in ("registry/collection", "evaluations/suite", "evaluations/case"):
        assert browser.get(f"/admin/{model}/{quote(text, safe='')[:600]}/history/").status_code == 404


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("address", LINKED)
def test_a_form_takes_no_key_that_is_none(browser, address, text):
    path, _, name = address.rstrip("=").partition("?")
    assert browser.get(path, {name: text}).status_code == 200
    assert browser.post(path, {name: text}).status_code == 200


def test_a_list_with_a_lookup_that_fails_twice_leads_back(browser):
    answer = browser.get("/admin/registry/collection/", {"e": "1", "id": "x"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/registry/collection/?e=1")


@pytest.mark.parametrize("who", ["user:²", f"user:{'9' * 5000}", "group:" + "9" * 30])
def test_a_holder_that_is_none_is_not_found(people, factory, who):
    client = Client()
    client.force_login(people.administrator)
    address = f"/admin/prompts/{factory.draft().prompt_id}/access"
    assert client.post(address, {"who": who, "right": "view"}).status_code == 404


@pytest.mark.parametrize("providers", ["²", "9" * 30, "9" * 5000])
def test_a_run_on_a_provider_that_is_none_is_refused(people, factory, providers):
    version = factory.submitted().version
    client = Client()
    client.force_login(people.engineer)
    sent = {"version": version.pk, "suite": 1, "providers": providers}
    assert client.post(f"/admin/prompts/{version.prompt_id}/runs/start", sent).status_code in {302, 404}


def test_a_refused_address_with_a_nul_is_recorded_without_it(browser):
    from audits.ledger.models import Event

    answer = browser.post("/admin/identity/user/a%00b/change/", {})
    assert answer.status_code in {403, 404}
    refused = Event.objects.filter(event="identity.act.refused").values_list("subject", flat=True)
    assert not any("\x00" in subject for subject in refused)


@pytest.mark.parametrize("field", ["why", "settings", "content"])
def test_no_form_takes_a_nul(factory, people, field):
    draft, client = factory.draft(), Client()
    client.force_login(people.author)
    sent = {"role": "text", "content": "x", "format": "mustache", "revision": 1, "submit": "", "why": "Now."}
    client.post(f"/admin/drafts/{draft.pk}/", {**sent, field: "a\x00b"})
    draft.refresh_from_db()
    assert not draft.is_frozen
