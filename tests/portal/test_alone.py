"""Pages outside the frame are dressed as well: set-up, lock-out, what is not there."""

import pytest
from django.test import Client

SHEET = b"imprimatur/portal"


def locked_out(client):
    """Enough wrong passwords for one name."""
    sent = {"username": "nobody", "password": "not-the-password"}
    answers = [client.post("/admin/login/", sent) for _ in range(12)]
    return next(answer for answer in answers if answer.status_code == 429)


@pytest.mark.parametrize("path", ["/setup/", "/nowhere/"])
@pytest.mark.django_db
def test_a_page_of_an_empty_portal_has_its_sheet(path):
    assert SHEET in Client().get(path).content


def test_what_is_not_there_has_its_sheet_for_everybody(people):
    assert SHEET in Client().get("/nowhere/").content


def test_the_lock_out_has_its_sheet(people):
    assert SHEET in locked_out(Client()).content


def test_a_wrong_password_is_told_in_our_words(people):
    told = Client().post("/admin/login/", {"username": "ada", "password": "not-the-password"}).content
    assert b"do not fit together" in told
