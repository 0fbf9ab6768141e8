"""Secrets typed among a provider's settings are refused at their field; the key is filled in instead."""

import json

import pytest

from audits.identity.errors import Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.connections import endpoint_of
from prompts.evaluations.models import Provider
from prompts.evaluations.providers import ProviderFault, Question, connect
from prompts.evaluations.services.providers import create_provider, edit_provider
from tests.fixtures.stub import Answer as Sent
from tests.people import SHELL
from tests.portal.opening import Desk

SECRET = "hunter2-staple-91"
TOLD = {"body": {"text": "{{prompt}}"}, "output": "text"}


def made(name="gateway", kind="http", key="", base_url="https://models.example/ask", **more):
    parameters = more.pop("parameters", {**TOLD, **more})
    return create_provider(
        actor=SHELL, name=name, kind=kind, key=key, base_url=base_url, parameters=parameters
    )


@pytest.mark.requirement("gdpr/32")
@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"headers": {"authorization": f"Basic {SECRET}"}},
        {"headers": {"Proxy-Authorization": SECRET}},
        {"headers": {"api-key": SECRET}},
        {"headers": {"X-API-Key": SECRET}},
        {"headers": {"Ocp-Apim-Subscription-Key": SECRET}},
        {"headers": {"CF-Access-Client-Secret": SECRET}},
        {"headers": {"X-Team-Token": SECRET}},
        {"headers": {"Cookie": f"session={SECRET}"}},
        {"headers": {"Cookie": f"one={SECRET}; two={{{{key}}}}"}},
        {"headers": {"Authorization": f"Bearer {{{{key}}}} {SECRET}"}},
        {"headers": {"X-Whatever": "sk-ant-a8Bc9De0Fg1Hi2Jk3Lm4No5"}},
        {"body": {"text": "{{prompt}}", "token": SECRET}},
        {"body": {"text": "{{prompt}}", "auth": {"apiKey": SECRET}}},
        {"body": {"text": "{{prompt}}", "client_secret": [SECRET]}},
        {"body": {"text": "{{prompt}}", "password": 48151623}},
        {"body": {"text": "{{prompt}}", "at": f"https://x.example/?a=1&access_token={SECRET}"}},
        {"body": {"text": "{{prompt}}", "form": f"token={SECRET}"}},
    ],
)
def test_a_secret_in_clear_is_refused_at_its_field_and_kept_nowhere(house, more):
    with pytest.raises(Unacceptable, match=r"write it under Key.*\{\{key\}\}") as caught:
        made(**more)
    assert caught.value.field == "parameters"
    assert SECRET not in caught.value.message
    fine = made()
    with pytest.raises(Unacceptable):
        edit_provider(actor=SHELL, provider_id=fine.pk, changes={"parameters": {**TOLD, **more}})
    kept = [Provider.objects.get(name="gateway").parameters, *(vars(row) for row in fine.history.all())]
    assert SECRET not in str([*kept, *Event.objects.values_list("payload", flat=True)])


@pytest.mark.parametrize("name", ["key", "token", "api_key", "sig"])
def test_a_secret_in_the_address_is_refused_there(house, name):
    with pytest.raises(Unacceptable, match="The address holds") as caught:
        made(base_url=f"https://models.example/ask?{name}={SECRET}")
    assert caught.value.field == "base_url"


def test_other_kinds_and_notes_are_looked_at_too(house):
    with pytest.raises(Unacceptable, match=r"extra_headers\.Authorization"):
        made(kind="openai", parameters={"extra_headers": {"Authorization": SECRET}})
    with pytest.raises(Unacceptable) as caught:
        create_provider(actor=SHELL, name="a", kind="openai", note="key: sk-ant-a8Bc9De0Fg1Hi2Jk3Lm4No5")
    assert caught.value.field == "note"


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"Authorization": "Bearer {{key}}"}},
        {"headers": {"Authorization": 'Token token="{{ key }}"', "Cookie": "session={{key}};"}},
        {"headers": {"X-Key": "{{key}}", "Content-Type": "application/json", "x-version": "2023-06-01"}},
        {"headers": {"OpenAI-Organization": "org-meridian", "X-Routing-Key": "eu-west"}},
        {"body": {"text": "{{prompt}}", "token": "{{key}}", "max_tokens": 100, "pad_token": "<pad>"}},
        {"body": {"inputs": [{"key": "question", "value": "{{prompt}}"}], "tokenizer": "cl100k"}},
        {"body": {"text": "{{prompt}}"}, "input_tokens": "usage.prompt_tokens"},
    ],
)  # fmt: skip
def test_what_is_no_secret_is_kept(house, more):
    assert made(key="k-0123456789", **more).parameters == {**TOLD, **more}


def test_the_form_says_it_at_the_field(people):
    told = {
        "name": "gateway", "kind": "http", "base_url": "https://models.example/ask", "timeout_seconds": "60",
        "parameters": json.dumps({**TOLD, "headers": {"Authorization": SECRET}}),
    }  # fmt: skip
    page = Desk(people).post("administrator", "evaluations_provider_add", **told).content.decode()
    assert "headers.Authorization holds what looks like a secret" in page
    assert not Provider.objects.filter(name="gateway").exists()


def test_a_key_of_several_parts_is_filled_in_and_struck_out_of_answers(house, stub_server):
    key = json.dumps({"token": "tok/en-0123456789", "gateway": "gate-0123456789"})
    row = made(
        key=key, base_url=f"{stub_server.url}/ask?code={{{{ key.gateway }}}}",
        headers={"Authorization": "Bearer {{key.token}}", "X-Gateway-Key": "{{key.gateway}}"},
    )  # fmt: skip
    repeated = "you sent tok/en-0123456789 and tok%2Fen-0123456789 and gate-0123456789"
    stub_server.answer("/ask", Sent({"text": "Here."}), Sent({"error": {"message": repeated}}, 400))
    with connect(endpoint_of(row)) as model:
        assert model(Question([{"role": "user", "content": "x"}])).output == "Here."
        with pytest.raises(ProviderFault) as caught:
            model(Question([{"role": "user", "content": "x"}]))
    sent = stub_server.asked[0]
    assert (sent.headers["authorization"], sent.headers["x-gateway-key"]) == (
        "Bearer tok/en-0123456789",
        "gate-0123456789",
    )
    assert "0123456789" not in caught.value.message


def test_the_key_stands_in_the_address_as_addresses_write_it(house, stub_server):
    row = made(key="a&b/c=0123456789", base_url=f"{stub_server.url}/ask?key={{{{key}}}}")
    stub_server.answer("/ask", Sent({"text": "Here."}))
    with connect(endpoint_of(row)) as model:
        model(Question([{"role": "user", "content": "x"}]))
    assert stub_server.asked[0].path.endswith("?key=a%26b%2Fc%3D0123456789")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://{{key}}.example/ask", "host of an address"),
        ("https://models.example/{{prompt}}", "Only {{key}}"),
    ],
)
def test_an_address_is_filled_in_behind_its_host_only(house, address, words):
    with pytest.raises(Unacceptable, match=words):
        made(base_url=address)


def test_a_part_that_the_key_lacks_is_asked_for(house):
    headers = {"X-Gateway-Key": "{{key.gateway}}"}
    with pytest.raises(Unacceptable, match="write the key as JSON") as caught:
        made(key="plain-0123456789", headers=headers)
    assert caught.value.field == "key"
    row = made(key="plain-0123456789")
    with pytest.raises(Unacceptable, match="gateway"):
        edit_provider(actor=SHELL, provider_id=row.pk, changes={"parameters": {**TOLD, "headers": headers}})
    with pytest.raises(Unacceptable, match="plain characters"):
        made(name="other", key='{"gateway": "two\\nlines"}', headers=headers)
