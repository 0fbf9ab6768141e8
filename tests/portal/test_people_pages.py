"""The pages on which administrators look after accounts, and the one for the second person."""

import pytest

from audits.identity.models import AccessProposal, OpenSession
from audits.identity.services.people import set_user
from audits.ledger.models import Event
from tests.people import PASSWORD, People
from tests.portal.opening import Desk


@pytest.fixture
def desk(people: People) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def test_an_address_for_a_password_is_shown_once(people: People, desk: Desk) -> None:
    shown = desk.post("administrator", "person-access", people.author.pk, act="password", reason="Forgotten.")
    assert "set-password" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]


def test_a_second_person_confirms_on_the_page(people: People, desk: Desk) -> None:
    set_user(actor=people.actor("administrator"), user=people.engineer, roles=["steward"])
    row = AccessProposal.objects.get()
    assert "somebody else confirms" in desk.text("administrator", "proposals")
    assert desk.post("administrator", "proposals", proposal=row.pk, act="confirm").status_code == 403
    desk.post("ethics_officer", "proposals", proposal=row.pk, act="confirm")
    assert people.engineer.groups.filter(name="steward").exists()


def test_sessions_of_others_are_ended(people: People, desk: Desk) -> None:
    desk.get("author", "account")
    desk.post("administrator", "person-access", people.author.pk, act="end-all")
    assert not OpenSession.objects.filter(user=people.author, ended_at__isnull=True).exists()


def test_a_name_that_is_shut_is_opened_again(people: People, desk: Desk, client) -> None:
    for _ in range(5):
        client.post("/admin/login/", {"username": "ada", "password": "wrong"})
    assert "127.0.0.1" in desk.text("administrator", "person-access", people.author.pk)
    desk.post("administrator", "person-access", people.author.pk, act="lock")
    answer = client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 302
    assert Event.objects.filter(event="identity.lock.lifted", subject="ada").count() == 1


def test_one_changes_ones_password_and_other_sessions_end(people: People, desk: Desk) -> None:
    desk.get("author", "account")
    new = {"new_password1": "plum-tree-in-winter", "new_password2": "plum-tree-in-winter"}
    desk.post("author", "password_change", old_password=PASSWORD, **new)
    assert OpenSession.objects.filter(user=people.author, ended_at__isnull=True).count() == 1
