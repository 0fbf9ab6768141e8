"""What keys may send and ask: answered in JSON, never with an error of the server."""

import base64

import pytest
from django.test import Client

from audits.identity.services.keys import create_key
from tests.people import SHELL

ENDS = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.fixture
def headers(people):
    verbs = ["read", "ingest", "score"]
    pair = create_key(actor=SHELL, name="far", all_collections=True, environments=["production"], verbs=verbs)
    told = base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


@pytest.mark.parametrize("moment", ENDS)
def test_times_at_the_ends_of_the_calendar_are_taken_or_refused(headers, moment):
    score = {"traceId": "t", "name": "n", "value": 1, "timestamp": moment}
    body = {"id": "g", "traceId": "t", "startTime": moment, "endTime": moment}
    batch = {"batch": [{"id": "1", "type": "generation-create", "timestamp": moment, "body": body}]}
    client, kind = Client(), "application/json"
    assert client.post("/api/public/scores", score, kind, headers=headers).status_code == 200
    assert client.post("/api/public/ingestion", batch, kind, headers=headers).status_code == 207
    answer = client.get("/api/public/v2/prompts", {"fromUpdatedAt": moment}, headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["gen_ai.operation.name", "langfuse.observation.type"])
def test_a_span_whose_kind_is_a_list_is_no_call(headers, name):
    kind = {"arrayValue": {"values": [{"stringValue": "chat"}]}}
    span = {"traceId": "a" * 32, "spanId": "b" * 16, "attributes": [{"key": name, "value": kind}]}
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    answer = Client().post("/v1/traces", body, "application/json", headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/public/projects", "/api/nothing", "/metrics", "/v1/traces"])
def test_answers_to_programs_are_no_pages(headers, path):
    assert "default-src 'none'" in Client().get(path, headers=headers)["Content-Security-Policy"]


DEEP = "[" * 100_000 + "]" * 100_000


def test_deep_json_in_forms_is_refused(people, factory):
    draft, client = factory.draft(), Client()
    client.force_login(people.steward)
    message = {"role": "text", "content": "x", "format": "mustache", "revision": 1}
    sent = client.post(f"/admin/drafts/{draft.pk}/", {**message, "settings": DEEP})
    assert sent.status_code == 400
    assert client.post("/admin/evaluations/case/add/", {"name": "x", "vars": DEEP}).status_code in {200, 400}
