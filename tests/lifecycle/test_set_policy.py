"""Approval policies: who sets them, what they may ask, and the one without a seat."""

import pytest

from audits.adminkit.history import acting
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle.errors import NoPolicy
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.selectors import approval_of, policy_for
from prompts.lifecycle.services.ensure_policies import ensure_default_policies
from prompts.lifecycle.services.requests import submit_version
from prompts.lifecycle.services.set_policy import set_policy, set_synthetic_policy
from prompts.registry.models import Prompt, RiskTier
from prompts.registry.services.collections import create_collection
from prompts.registry.services.freeze import freeze_version
from tests.people import SHELL

SEATS = [{"role": "steward", "count": 1}]
RULE = {"actor": SHELL, "name": "bank", "seats": SEATS, "validity_days": 30}


def test_every_tier_starts_with_a_policy_and_a_second_start_changes_nothing(people):
    assert {row.risk_tier for row in ApprovalPolicy.objects.all()} == set(RiskTier.values)
    assert ensure_default_policies(actor=SHELL) == []


def test_every_change_is_a_new_version_with_history_and_event(people, bank):
    set_policy(**RULE, collection=bank)
    changed = set_policy(**{**RULE, "validity_days": 60}, collection=bank)
    assert (changed.version, changed.history.count()) == (2, 2)
    assert Event.objects.filter(event="lifecycle.policy.set", subject="bank").count() == 2


def test_saving_the_same_again_is_no_change(people, bank):
    set_policy(**RULE, collection=bank)
    assert set_policy(**RULE, collection=bank).version == 1


def test_the_policy_of_the_collection_comes_before_the_general_one(people, bank, factory):
    set_policy(**RULE, collection=bank)
    assert policy_for(factory.draft(risk_tier="high").prompt).name == "bank"


def test_two_policies_never_cover_the_same_place(people):
    with pytest.raises(Conflict):
        set_policy(**RULE, risk_tier="high")


@pytest.mark.parametrize("who", ["steward", "ethics_officer", "engineer", "auditor", "service"])
def test_only_administrators_set_policies(people, bank, who):
    with pytest.raises(Refused):
        set_policy(**{**RULE, "actor": people.actor(who)}, collection=bank)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seats": []},
        {"seats": [{"role": "engineer", "count": 1}]},
        {"seats": [{"role": "steward", "count": 0}]},
        {"seats": [{"role": "steward", "count": True}]},
        {"seats": [{"role": "steward"}]},
        {"seats": "steward"},
        {"seats": SEATS + SEATS},
        {"validity_days": 0},
        {"name": "synthetic"},
        {"risk_tier": "none"},
    ],
)
def test_a_policy_that_asks_for_nobody_or_nonsense_is_refused(people, bank, wrong):
    with pytest.raises(Unacceptable):
        set_policy(**{**RULE, "collection": bank, **wrong})


def test_the_policy_without_a_seat_is_set_on_bulk_data_and_nothing_else(people, bank):
    with pytest.raises(Unacceptable):
        set_synthetic_policy(actor=SHELL, collection=bank)
    load = create_collection(actor=SHELL, slug="load", title="Load")
    assert set_synthetic_policy(actor=SHELL, collection=load).is_synthetic


def test_under_it_a_frozen_text_is_approved_and_nobody_is_asked(people, factory):
    load = create_collection(actor=SHELL, slug="load", title="Load")
    set_synthetic_policy(actor=SHELL, collection=load)
    draft = factory.draft("load/p000000", by=SHELL)
    assert approval_of(draft) is None
    with pytest.raises(NoPolicy):
        submit_version(actor=SHELL, version_id=draft.pk, why="It is needed.")
    assert approval_of(freeze_version(actor=SHELL, version_id=draft.pk)).signatures == ()


def test_without_any_policy_nothing_is_submitted(people, factory):
    draft = factory.draft()
    with acting("tests"):
        ApprovalPolicy.objects.all().delete()
    with pytest.raises(NoPolicy):
        submit_version(actor=people.actor("author"), version_id=draft.pk, why="It is needed.")
    assert Prompt.objects.filter(pk=draft.prompt_id, versions__frozen_at__isnull=True).exists()
