"""The first page of an empty portal, and that it is gone afterwards."""

import pytest
from django.test import Client

from audits.identity.models import User
from portal.runtime import setup_token

FORM = {
    "username": "first",
    "full_name": "F. Irst",
    "email": "f@example.org",
    "password": "eleven-birds-9",
    "again": "eleven-birds-9",
}


@pytest.fixture
def token(db, tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return setup_token.create_if_needed()


@pytest.mark.parametrize("address", ["/", "/admin/login/"])
def test_an_empty_portal_leads_to_its_set_up(token, address):
    assert Client().get(address)["Location"] == "/setup/"


def test_the_token_makes_the_first_administrator_and_signs_in(token):
    client = Client()
    answer = client.post("/setup/", {**FORM, "token": token})
    assert answer["Location"] == "/admin/"
    person = User.objects.get(username="first")
    assert list(person.groups.values_list("name", flat=True)) == ["administrator"]
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "change", [{"token": "guess"}, {"again": "other-birds-10"}, {"password": "short", "again": "short"}]
)
def test_nobody_is_made_without_the_token_or_with_a_poor_password(token, change):
    answer = Client().post("/setup/", {**FORM, "token": token, **change})
    assert answer.status_code == 200
    assert not User.objects.exists()
    assert setup_token.check(token)


def test_the_page_is_gone_once_there_is_somebody(token):
    client = Client()
    client.post("/setup/", {**FORM, "token": token})
    again = Client().post("/setup/", {**FORM, "username": "second", "token": token})
    assert again.status_code == 404
    assert User.objects.count() == 1


def test_the_token_serves_once(token):
    assert setup_token.consume()
    answer = Client().post("/setup/", {**FORM, "token": token})
    assert answer.status_code == 200
    assert not User.objects.exists()
