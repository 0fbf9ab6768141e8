"""Delegations on one's account page, and at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from prompts.lifecycle.models import Delegation, SignOff
from tests.people import PASSWORD
from tests.portal.opening import Desk
from tests.portal.test_desk import panel


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def form(**changes):
    """What an ethics officer fills in."""
    day = timezone.localdate() + timedelta(days=7)
    told = {"to": "dora", "role": "ethics-officer", "ends": day.isoformat(), "reason": "Away."}
    return {**told, "password": PASSWORD, **changes}


def test_it_is_given_held_and_revoked(desk):
    desk.post("ethics_officer", "delegations", **form())
    given = Delegation.objects.get()
    assert [row.state for row in desk.get("expert", "delegations").context["rows"]] == ["holds"]
    desk.post("ethics_officer", "delegations", act="revoke", delegation=given.pk)
    assert [row.state for row in desk.get("expert", "delegations").context["rows"]] == ["revoked"]


def test_it_holds_on_its_last_day(desk):
    desk.post("ethics_officer", "delegations", **form(ends=timezone.localdate().isoformat()))
    assert timezone.localtime(Delegation.objects.get().ends_at).hour == 0


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"password": "wrong"}, 403, "password"),
        ({"ends": ""}, 400, "ends_at"),
        ({"ends": "tomorrow"}, 400, "ends"),
        ({"ends": "9999-12-31"}, 400, "ends"),
        ({"ends": "2026-02-31"}, 400, "ends"),
        ({"to": "audra"}, 400, "to"),
        ({"reason": " "}, 400, "reason"),
        ({"collection": "bank", "prompt": "bank/x"}, 400, "prompt"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_lost(desk, change, status, field):
    answer = desk.post("ethics_officer", "delegations", **form(**change))
    assert (answer.status_code, answer.context["fault"].field) == (status, field)
    assert answer.context["given"]["role"] == "ethics-officer"
    assert not Delegation.objects.exists()


def test_others_cannot_revoke_it(desk):
    desk.post("ethics_officer", "delegations", **form())
    answer = desk.post("steward", "delegations", act="revoke", delegation=Delegation.objects.get().pk)
    assert answer.status_code == 404


def test_the_delegate_signs_at_the_desk_for_the_other(desk, factory, people):
    desk.post("ethics_officer", "delegations", **form(to="doku"))
    asked = factory.submitted(risk_tier="high")
    page = desk.get("documentarian", "desk")
    assert page.context["mine_rows"][0][1] == "Ethics officer, for Etta"
    desk.post("documentarian", "desk-request", asked.pk, **panel(desk, asked, "documentarian"))
    signed = SignOff.objects.get()
    assert (signed.username, signed.on_behalf_of) == ("doku", people.ethics_officer)
    assert "for <span" in desk.text("auditor", "desk-request", asked.pk)


@pytest.mark.parametrize("lent", ["+", "+0", "+999", "+x", "+1+1"])
def test_a_forged_delegation_is_refused(desk, factory, lent):
    asked = factory.submitted(risk_tier="high")
    sent = panel(desk, asked, "expert", meaning=f"ethics-officer{lent}|Examined for bias and harm")
    assert desk.post("expert", "desk-request", asked.pk, **sent).status_code == 403
