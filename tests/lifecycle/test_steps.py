"""Signing under a policy with steps, named people, ties, stronger proof, waiting and forms."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.errors import Refused
from audits.identity.services.people import set_user
from audits.identity.services.signed_forms import set_form, sign_form, text_digest
from audits.ledger.models import Event
from prompts.lifecycle.errors import TooWeak
from prompts.lifecycle.models import SignOff
from prompts.lifecycle.selectors import (
    approval_of,
    approvals_of,
    open_seats,
    requests_waiting_for,
    roles_to_sign,
    seats_in_turn,
    why_not_sign,
)
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.models import Environment, Version
from prompts.registry.services.prompts import edit_prompt
from prompts.releases.selectors import verdict_of
from tests.people import SHELL

EXPERT, ETHICS, STEWARD = "domain-expert", "ethics-officer", "steward"
ORDERED = [{"role": EXPERT, "count": 1}, {"role": ETHICS, "count": 1, "step": 2}]


def high(**changes):
    """The policy of high risk, set by the shell."""
    told = {"seats": ORDERED, "validity_days": 180, **changes}
    return set_policy(actor=SHELL, name="high risk", risk_tier="high", **told)


@pytest.fixture
def request_(factory):
    """An open request under two steps."""
    high()
    return factory.submitted(risk_tier="high")


def test_the_second_step_waits_for_the_first(people, request_, desk):
    assert [seat.role for seat in seats_in_turn(request_)] == [EXPERT]
    with pytest.raises(Refused, match="first a domain expert must sign"):
        desk.sign(request_, "ethics_officer", ETHICS)
    assert requests_waiting_for(people.actor("ethics_officer")) == []
    desk.sign(request_, "expert", EXPERT)
    assert requests_waiting_for(people.actor("ethics_officer")) == [request_]
    assert roles_to_sign(people.actor("ethics_officer"), request_) == [ETHICS]
    desk.sign(request_, "ethics_officer", ETHICS)
    assert approval_of(request_.version)
    assert open_seats(request_) == []


def test_only_named_people_take_a_named_seat(people, factory, desk):
    set_user(actor=SHELL, user=people.steward, roles=[STEWARD, EXPERT])
    high(seats=[{"role": EXPERT, "count": 1, "people": ["dora"]}])
    request = factory.submitted(risk_tier="high")
    assert "dora as domain expert" in why_not_sign(people.actor("steward"), request, EXPERT)
    assert requests_waiting_for(people.actor("steward")) == []
    assert desk.sign(request, "expert", EXPERT)


def test_the_owners_seat_is_the_owners(people, factory, desk):
    high(seats=[{"role": STEWARD, "count": 1, "tie": "owner"}])
    request = factory.submitted(risk_tier="high")
    with pytest.raises(Refused, match="the owner of the prompt"):
        desk.sign(request, "steward", STEWARD)
    edit_prompt(
        actor=people.actor("engineer"), prompt_id=request.prompt_id, changes={"owner": people.steward}
    )
    assert desk.sign(request, "steward", STEWARD).ties == ["owner"]


def test_a_steward_of_the_prompt_is_asked_by_name_of_office(people, factory, desk):
    high(seats=[{"role": STEWARD, "count": 1, "tie": "steward"}])
    request = factory.submitted(risk_tier="high")
    assert requests_waiting_for(people.actor("steward")) == []
    edit_prompt(
        actor=people.actor("engineer"), prompt_id=request.prompt_id, changes={"stewards": [people.steward]}
    )
    assert requests_waiting_for(people.actor("steward")) == [request]
    assert desk.sign(request, "steward", STEWARD).ties == ["steward"]


def test_a_weaker_proof_than_the_policy_asks_signs_nothing(factory, desk):
    high(authentication="password+totp")
    request = factory.submitted(risk_tier="high")
    with pytest.raises(TooWeak, match="a second factor"):
        desk.sign(request, "expert", EXPERT)
    assert desk.sign(request, "expert", EXPERT, authenticated_by="password+totp")


def test_a_stronger_proof_that_is_asked_since_is_asked_at_signing_too(request_, desk):
    high(authentication="password+totp")
    with pytest.raises(TooWeak):
        desk.sign(request_, "expert", EXPERT)


def test_an_approval_waits_as_long_as_the_policy_says_and_the_gate_says_until_when(people, factory, desk):
    set_policy(
        actor=SHELL,
        name="limited risk",
        risk_tier="limited",
        seats=[{"role": STEWARD, "count": 1}],
        validity_days=30,
        waiting_hours=24,
    )
    request = factory.submitted()
    desk.sign(request, "steward", STEWARD)
    version = Version.objects.select_related("prompt").get(pk=request.version_id)
    assert approval_of(version) is None
    assert approval_of(version, at=request.opened_at + timedelta(hours=24))
    assert approvals_of([version])[version.pk].approved_at == request.opened_at + timedelta(hours=24)
    checks = verdict_of(version, Environment.objects.get(slug="production")).checks
    assert "takes effect only at" in next(row.reason for row in checks if row.code == "approval")


def test_lowering_a_policy_does_not_touch_an_open_request(people, request_, desk):
    high(seats=[{"role": EXPERT, "count": 1}])
    desk.sign(request_, "expert", EXPERT)
    assert [seat.role for seat in open_seats(request_)] == [ETHICS]
    assert approval_of(request_.version) is None


def test_a_role_that_was_taken_after_the_request_is_told_on_the_sign_off(people, request_, desk):
    set_user(actor=SHELL, user=people.documentarian, roles=[EXPERT])
    signed = desk.sign(request_, "documentarian", EXPERT)
    assert signed.took_role_later
    assert signed.role_by == SHELL.name
    told = json.loads(Event.objects.get(event="lifecycle.version.signed").payload)
    assert told["took_role_later"] is True
    assert told["role_since"] == signed.role_since.isoformat()


def test_a_role_held_before_is_told_without_remark(request_, desk):
    assert not desk.sign(request_, "expert", EXPERT).took_role_later


def test_a_signer_who_was_renamed_or_left_keeps_his_printed_name(people, request_, desk):
    signed = desk.sign(request_, "expert", EXPERT)
    people.expert.full_name = "Somebody Else"
    people.expert.save()
    set_user(actor=SHELL, user=people.expert, roles=[], is_active=False)
    assert SignOff.objects.get(pk=signed.pk).printed_name == "Dora"
    assert [seat.role for seat in open_seats(request_)] == [ETHICS]


def rules(**changes):
    told = {"title": "Rules", "kind": "acknowledgement", "text": "Read first.", "roles": [EXPERT]}
    return set_form(actor=SHELL, slug="rules", validity_days=365, **{**told, **changes})


def acknowledge(people, form, who="expert"):
    return sign_form(
        actor=people.actor(who),
        form_id=form.pk,
        seen_digest=text_digest(form),
        authenticated_by="password",
    )


def test_nobody_signs_before_the_forms_of_his_role_are_signed(people, request_, desk):
    form = rules()
    assert "“Rules” is not signed by you" in why_not_sign(people.actor("expert"), request_, EXPERT)
    with pytest.raises(Refused, match="“Rules”"):
        desk.sign(request_, "expert", EXPERT)
    held = acknowledge(people, form)
    signed = desk.sign(request_, "expert", EXPERT)
    assert signed.forms == [{"form": "rules", "version": 1, "signed": held.pk}]


def test_forms_that_the_policy_asks_for_bind_every_signer(people, factory, desk):
    form = rules(roles=[])
    high(forms=["rules"])
    request = factory.submitted(risk_tier="high")
    with pytest.raises(Refused, match="“Rules”"):
        desk.sign(request, "expert", EXPERT)
    acknowledge(people, form)
    assert desk.sign(request, "expert", EXPERT)


def test_a_new_text_of_a_form_asks_for_a_new_signature(people, request_):
    acknowledge(people, rules())
    rules(text="Read twice.")
    assert "was changed after you signed it" in why_not_sign(people.actor("expert"), request_, EXPERT)


def test_a_form_that_ran_out_stops_the_signer(people, request_, monkeypatch):
    acknowledge(people, rules())
    later = timezone.now() + timedelta(days=366)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "held until" in why_not_sign(people.actor("expert"), request_, EXPERT)


def test_what_signs_stays_out_of_the_shells_hands(request_, desk):
    with pytest.raises(Refused, match="Only a person"):
        desk.sign(request_, "", EXPERT, actor=SHELL)
