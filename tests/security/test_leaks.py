"""What people may not see, asked for sideways."""

import pytest
from django.test import Client

from audits.notices.outgoing import is_allowed
from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Collection
from tests.people import PASSWORD, SHELL


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("lookup", ["password__startswith", "password__regex", "email__contains"])
def test_a_list_answers_no_question_about_a_column_that_it_does_not_offer(people, lookup):
    answer = browser(people.auditor).get("/admin/identity/user/", {lookup: "argon2"})
    assert answer.status_code == 400


def test_the_filter_of_cases_names_no_suite_of_another_collection(people):
    for slug in ("bank", "elsewhere"):
        for number in (1, 2):
            collection = Collection.objects.get(slug=slug)
            create_suite(actor=SHELL, name=f"{slug}-{number}", collection=collection)
    page = browser(people.stranger).get("/admin/evaluations/case/").content.decode()
    assert "elsewhere-1" in page
    assert "bank-1" not in page


def test_who_is_here_is_not_told_to_those_who_may_not_grant(people, factory):
    address = f"/admin/prompts/{factory.draft().prompt_id}/access"
    for name in ("stranger", "nobody-of-that-name"):
        assert browser(people.engineer).post(address, {"who": name, "right": "view"}).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"])
def test_a_demo_log_in_does_not_work_through_a_proxy(people, header):
    type(people.engineer).objects.filter(pk=people.engineer.pk).update(is_demo=True)
    sent = {"username": people.engineer.username, "password": PASSWORD}
    client = Client()
    client.post("/admin/login/", sent, headers={header: "203.0.113.9"})
    assert "_auth_user_id" not in client.session
    client.post("/admin/login/", sent)
    assert "_auth_user_id" in client.session


INSIDE = ["::127.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "::ffff:10.0.0.1", "0.0.0.0"]  # noqa: S104


@pytest.mark.parametrize("address", INSIDE)
def test_no_spelling_of_an_inside_address_is_let_out(address):
    assert not is_allowed(address)
