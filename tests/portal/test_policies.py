"""The pages of approval policies: in words, proposed, compared, confirmed."""

import pytest
from django.urls import reverse

from prompts.lifecycle.models import ApprovalPolicy, PolicyProposal
from tests.portal.opening import Desk

HIGH = "high risk"


def fields(policy, *seats, **changes):
    """The form as a browser sends it."""
    lines = {
        f"seats-{at}-{name}": value
        for at, seat in enumerate(seats)
        for name, value in {"step": 1, "count": 1, "tie": "", "people": "", **seat}.items()
    }
    told = {"name": policy.name, "risk_tier": policy.risk_tier, "collection": "", "reason": "It is time."}
    told |= {"authentication": "password", "waiting_hours": 0, "validity_days": policy.validity_days}
    told |= {"base_version": policy.version, "seats-TOTAL_FORMS": len(seats), "seats-INITIAL_FORMS": 0}
    return {**told, **lines, **changes}


@pytest.fixture
def policy(people):
    return ApprovalPolicy.objects.get(name=HIGH)


def propose(people, policy, *seats, who="administrator", **changes):
    client = Desk(people).browser(who)
    address = reverse("admin:policy-change", args=[policy.pk])
    return client.post(address, fields(policy, *(seats or ({"role": "ethics-officer"},)), **changes))


def test_every_policy_is_told_in_plain_words(people, policy):
    answer = Desk(people).browser("ethics_officer").get(reverse("admin:policies"))
    words = "A domain expert and an ethics officer sign, in any order, each with the password once more"
    assert words in answer.content.decode()


def test_a_change_is_proposed_in_steps_and_confirmed_by_another(people, policy):
    seats = ({"role": "domain-expert"}, {"role": "ethics-officer", "step": 2})
    answer = propose(people, policy, *seats, waiting_hours=24)
    row = PolicyProposal.objects.get()
    assert answer["Location"] == reverse("admin:policy-proposal", args=[row.pk])
    page = Desk(people).browser("ethics_officer").get(answer["Location"]).content.decode()
    assert "sign, in this order, each with the password once more; at least 24 hours" in page
    assert "Confirm the policy" in page
    Desk(people).browser("ethics_officer").post(answer["Location"], {"act": "confirm"})
    policy.refresh_from_db()
    assert (policy.version, policy.waiting_hours) == (2, 24)


def test_who_proposed_it_is_told_that_another_confirms(people, policy):
    address = propose(people, policy)["Location"]
    page = Desk(people).browser("administrator").get(address).content.decode()
    assert "You proposed it: somebody else confirms." in page
    assert "Confirm the policy" not in page


def test_the_page_tells_live_versions_and_requests_that_a_change_touches(people, policy, factory):
    live = factory.released(risk_tier="high", environment="development")
    factory.submitted(name="bank/open", risk_tier="high")
    address = propose(people, policy, {"role": "steward"})["Location"]
    page = Desk(people).browser("ethics_officer").get(address).content.decode()
    assert "Live versions that would need a new approval: 1" in page
    assert f"version {live.number}" in page
    assert "the gate would ask besides for a steward" in page


def test_a_policy_that_nobody_could_satisfy_is_refused_in_the_form_and_nothing_typed_is_lost(people, policy):
    answer = propose(people, policy, {"role": "ethics-officer", "count": 2}, reason="Two are better.")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "one person never fills two" in page
    assert "Two are better." in page
    assert not PolicyProposal.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, "This field is required."),
        ({"validity_days": "many"}, "Enter a whole number."),
        ({"waiting_hours": 9999999}, "An approval waits 0 to"),
        ({"base_version": 7}, "Look again"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(people, policy, changes, told):
    assert told in propose(people, policy, **changes).content.decode()


def test_a_new_policy_is_proposed_for_a_collection(people, policy, bank):
    policy.name, policy.version = "the bank", 0
    address = reverse("admin:policy-new")
    data = fields(policy, {"role": "steward", "tie": "owner"}, collection=bank.pk)
    assert Desk(people).browser("administrator").post(address, data).status_code == 302
    row = PolicyProposal.objects.get()
    assert (row.name, row.collection, row.demands.seats[0].tie) == ("the bank", bank, "owner")


@pytest.mark.parametrize("who", ["steward", "ethics_officer", "auditor"])
def test_others_than_administrators_have_no_form(people, policy, who):
    assert Desk(people).browser(who).get(reverse("admin:policy-change", args=[policy.pk])).status_code == 403


def test_an_auditor_who_forges_the_yes_is_refused(people, policy):
    address = propose(people, policy)["Location"]
    assert Desk(people).browser("auditor").post(address, {"act": "confirm"}).status_code == 403
    policy.refresh_from_db()
    assert policy.version == 1


def test_a_refusal_needs_a_reason(people, policy):
    address = propose(people, policy)["Location"]
    steward = Desk(people).browser("steward")
    steward.post(address, {"act": "refuse", "reason": " "})
    assert PolicyProposal.objects.get().state == "open"
    steward.post(address, {"act": "refuse", "reason": "Too lax."})
    assert "Too lax." in steward.get(address).content.decode()


def test_a_policy_that_became_impossible_is_marked(people, policy):
    people.ethics_officer.is_active = False
    people.ethics_officer.save()
    page = Desk(people).text("administrator", "policy", policy.pk)
    assert "nobody could satisfy this policy. No active person could sign as ethics officer." in page


def test_hostile_names_are_escaped(people, policy):
    address = propose(people, policy, reason="<script>alert(1)</script>")["Location"]
    page = Desk(people).browser("steward").get(address).content.decode()
    assert "<script>alert(1)" not in page


def test_the_admins_addresses_lead_to_the_pages(people, policy):
    client = Desk(people).browser("administrator")
    list_ = client.get(reverse("admin:lifecycle_approvalpolicy_changelist"))
    row = client.get(reverse("admin:lifecycle_approvalpolicy_change", args=[policy.pk]))
    assert list_["Location"] == reverse("admin:policies")
    assert row["Location"] == reverse("admin:policy", args=[policy.pk])
    assert client.get(reverse("admin:lifecycle_approvalpolicy_history", args=[policy.pk])).status_code == 200
