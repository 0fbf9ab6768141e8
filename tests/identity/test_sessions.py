"""What the ledger hears of sign-ins through the real page."""

import pytest
from django.test import Client

from audits.ledger.models import Event
from tests.people import PASSWORD, People

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str) -> None:
    Client().post("/admin/login/", {"username": username, "password": password})


def heard() -> list[tuple[str, str, str]]:
    rows = Event.objects.filter(event__startswith="identity.session").order_by("id")
    return list(rows.values_list("event", "actor", "subject"))


@pytest.mark.requirement("owasp-asvs/16-3", "owasp-asvs/16-2", "hipaa/312-b")
def test_a_sign_in_is_recorded_with_address_and_request(people: People) -> None:
    sign_in("ada", PASSWORD)
    event = Event.objects.get(event="identity.session.opened")
    assert (event.actor, event.subject, event.address, event.role) == ("ada", "ada", "127.0.0.1", "engineer")
    assert len(event.request_id) == 32


@pytest.mark.parametrize("typed", ["ada", "ADA"])
@pytest.mark.requirement("soc-2/cc7-2", "owasp-asvs/16-3", "hipaa/312-b")
def test_a_refused_sign_in_names_the_person(people: People, typed: str) -> None:
    sign_in(typed, "wrong")
    assert heard() == [("identity.session.refused", "nobody", "ada")]


@pytest.mark.parametrize("typed", ["my-secret-password", "", "a\0b", "x" * 200])
def test_what_is_nobodys_name_is_not_kept_for_ever(people: People, typed: str) -> None:
    sign_in(typed, "wrong")
    assert heard() == [("identity.session.refused", "nobody", "a name that is nobody's")]


def test_a_deactivated_person_does_not_get_in(people: People) -> None:
    sign_in("leo", PASSWORD)
    assert heard() == [("identity.session.refused", "nobody", "leo")]
