"""Who may call."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.adminkit.history import acting
from audits.identity.models import ServiceAccount
from audits.identity.services.keys import revoke_key
from audits.ledger.models import Event
from tests.serving.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/api/public/v2/prompts", "/api/public/v2/prompts/a/b", "/api/v1/prompts", "/v1/traces"]
)
def test_without_a_key_it_answers_401_and_names_the_way(people, address):
    api = Api(None)
    answer = api.post(address, {}) if address == "/v1/traces" else api.get(address)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert answer.json()["error"] == "unauthorized"


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"nocolon").decode(), "Basic //79"],
)
def test_a_broken_header_answers_401(people, header):
    assert Api(None).get("/api/public/projects", Authorization=header).status_code == 401


def test_a_wrong_secret_answers_401(reader):
    raw = base64.b64encode(f"{reader.pair.public_key}:wrong".encode()).decode()
    assert Api(None).get("/api/public/projects", Authorization=f"Basic {raw}").status_code == 401


def test_a_revoked_key_is_refused_at_once(reader, people):
    assert reader.get("/api/public/projects").status_code == 200
    revoke_key(actor=people.actor("administrator"), account=reader.pair.account, reason="Leaked.")
    assert reader.get("/api/public/projects").status_code == 401


def test_an_expired_key_is_refused_at_once(reader):
    assert reader.get("/api/public/projects").status_code == 200
    ServiceAccount.objects.filter(pk=reader.pair.account.pk).update(expires_at=timezone.now() - timedelta(1))
    assert reader.get("/api/public/projects").status_code == 401


@pytest.mark.requirement("21-cfr-11/10-h")
def test_a_narrowed_key_is_narrow_at_once(reader):
    assert reader.get("/api/public/v2/prompts").status_code == 200
    account = ServiceAccount.objects.get(pk=reader.pair.account.pk)
    account.verbs = ["score"]
    with acting("admin"):
        account.save()
    assert reader.get("/api/public/v2/prompts").status_code == 403


def test_a_missing_verb_answers_403_and_is_recorded(reader):
    answer = reader.post("/api/public/v2/prompts", {"name": "bank/x", "prompt": "y"})
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert Event.objects.filter(event="identity.act.refused", actor=reader.pair.account.name).exists()


def test_the_use_of_a_key_is_noted_once_a_minute(reader):
    reader.get("/api/public/projects")
    first = ServiceAccount.objects.get(pk=reader.pair.account.pk).last_used_at
    reader.get("/api/public/projects")
    assert first is not None
    assert ServiceAccount.objects.get(pk=reader.pair.account.pk).last_used_at == first


def test_a_browser_session_is_nobody_here(people):
    api = Api(None)
    api.client.force_login(people.administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert api.get("/api/v1/prompts").status_code == 401
    assert api.get("/api/public/v2/prompts").status_code == 401


@pytest.mark.parametrize("address", ["/api/nothing", "/api/v1/nothing", "/api/public/v2/prompts/", "/v1/x"])
def test_an_unknown_address_answers_json(reader, address):
    answer = reader.get(address)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize("address", ["/api/public/projects", "/api/public/v2/prompts/a/b", "/v1/traces"])
def test_a_wrong_method_answers_405_in_json(reader, address):
    answer = reader.send("DELETE", address, b"")
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
