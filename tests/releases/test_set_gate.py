"""Gates as configuration."""

import pytest

from audits.identity.errors import Refused, Unacceptable
from audits.identity.models import User
from audits.ledger.models import Event
from prompts.registry.models import Environment
from prompts.registry.services.environments import create_environment
from prompts.registry.services.prompts import edit_prompt
from prompts.releases.errors import GateClosed
from prompts.releases.models import GatePolicy
from prompts.releases.selectors import gate_policy_for
from prompts.releases.services.ensure_gates import ensure_default_gates
from prompts.releases.services.gate_policies import set_gate
from tests.people import SHELL


def test_every_environment_starts_with_a_gate_and_a_second_start_changes_nothing(people):
    names = {gate.name for gate in GatePolicy.objects.select_related("environment")}
    assert names == {"development", "staging", "production", "production/high"}
    assert ensure_default_gates(actor=SHELL) == []


def test_the_gate_of_the_tier_comes_before_that_of_all_tiers(people, factory):
    production = Environment.objects.get(slug="production")
    assert gate_policy_for(factory.draft(risk_tier="high").prompt, production).name == "production/high"
    assert gate_policy_for(factory.draft().prompt, production).name == "production"


@pytest.mark.parametrize("field", ["purpose", "excluded_use"])
@pytest.mark.requirement("eu-ai-act/9")
def test_high_risk_needs_its_documentation(factory, gatehouse, people, field):
    version = factory.approved(risk_tier="high")
    edit_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, changes={field: ""})
    with pytest.raises(GateClosed, match="documentation"):
        gatehouse.release(version)


@pytest.mark.requirement("owasp-asvs/16-5-3")
def test_an_environment_without_a_gate_lets_nothing_in(factory, gatehouse):
    create_environment(actor=SHELL, slug="moon", title="Moon", rank=9)
    with pytest.raises(GateClosed, match="No gate policy"):
        gatehouse.release(factory.approved(), to="moon")


def test_every_change_is_a_new_version_and_an_event(people):
    gate = set_gate(actor=SHELL, environment="staging", requires_approval=True)
    assert gate.version == 2
    assert Event.objects.filter(event="releases.gate.set", subject="staging").count() == 2
    assert set_gate(actor=SHELL, environment="staging", requires_approval=True).version == 2


def test_a_protected_environment_always_asks_for_an_approval(people):
    with pytest.raises(Unacceptable, match="protected"):
        set_gate(actor=SHELL, environment="production", requires_approval=False)


@pytest.mark.parametrize("wrong", [{"risk_tier": "none"}, {"requires_documentation": ["password"]}])
def test_nonsense_is_refused(people, wrong):
    with pytest.raises(Unacceptable):
        set_gate(actor=SHELL, environment="staging", **wrong)


@pytest.mark.parametrize("who", ["steward", "administrator", "ethics_officer", "service"])
def test_nobody_sets_a_gate_alone(people, who):
    with pytest.raises(Refused):
        set_gate(actor=people.actor(who), environment="staging")


def test_an_administrator_with_nobody_beside_him_does(people):
    User.objects.exclude(username="admin").update(is_active=False)
    assert set_gate(actor=people.actor("administrator"), environment="staging").version == 2
