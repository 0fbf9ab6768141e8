"""Getting in: recorded, throttled, and for demo log-ins only on the machine itself."""

import pytest
from django.test import Client
from django.urls import reverse

from audits.identity.models import User
from audits.ledger.models import Event
from tests.people import PASSWORD

LOGIN = "/admin/login/"


def _try(password, client=None, username="ada", **extra):
    return (client or Client()).post(LOGIN, {"username": username, "password": password}, **extra)


def test_a_sign_in_leads_home_and_is_on_record(people):
    answer = _try(PASSWORD)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:index")
    assert Event.objects.filter(event="identity.session.opened", actor="ada").count() == 1


def test_a_refused_sign_in_is_on_record_and_does_not_tell_which_part_was_wrong(people):
    wrong, nobody = _try("wrong"), _try("wrong", username="nobody-there")
    assert wrong.status_code == nobody.status_code == 200
    told = set(Event.objects.filter(event="identity.session.refused").values_list("subject", flat=True))
    assert "ada" in told
    assert "nobody-there" not in told  # what was typed there may be a password
    assert wrong.context["form"].non_field_errors() == nobody.context["form"].non_field_errors()


def test_after_five_attempts_even_the_right_password_is_refused(people):
    for _ in range(5):
        last = _try("wrong")
    assert last.status_code == 429
    shut = _try(PASSWORD)
    assert shut.status_code == 429
    assert b"Too many attempts" in shut.content


def test_a_deactivated_person_does_not_get_in(people):
    assert _try(PASSWORD, username="leo").status_code == 200


@pytest.mark.parametrize(("address", "lets_in"), [("127.0.0.1", True), ("192.0.2.7", False)])
def test_demo_log_ins_work_on_the_machine_itself_only(people, address, lets_in):
    User.objects.filter(username="ada").update(is_demo=True)
    answer = _try(PASSWORD, REMOTE_ADDR=address)
    assert (answer.status_code == 302) is lets_in


def test_demo_log_ins_do_not_work_where_the_portal_listens_to_others(people, settings):
    settings.LOOPBACK = False
    User.objects.filter(username="ada").update(is_demo=True)
    assert _try(PASSWORD).status_code == 200


def test_the_way_back_leads_nowhere_else(people):
    answer = Client().post(
        f"{LOGIN}?next=//evil.example/", {"username": "ada", "password": PASSWORD, "next": "//evil.example/"}
    )
    assert answer["Location"] == reverse("admin:index")


@pytest.mark.requirement("21-cfr-11/10-h")
def test_a_form_from_elsewhere_is_refused_in_words(people):
    answer = Client(enforce_csrf_checks=True).post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 403
    assert b"too old or came from elsewhere" in answer.content
