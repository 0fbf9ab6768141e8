"""A gate that asks for all of the tier's documentation standard says what the meter says."""

import pytest

from prompts.registry.models import DocumentationStandard, Prompt
from prompts.registry.selectors import completeness_of
from prompts.registry.services.prompts import edit_prompt
from prompts.releases.errors import GateClosed
from prompts.releases.selectors import verdict_of
from prompts.releases.services.gate_policies import set_gate
from tests.documented import WHOLE
from tests.people import SHELL


@pytest.fixture
def strict(people):
    """The gate to production asks for the standard."""
    return set_gate(
        actor=SHELL,
        environment="production",
        risk_tier="high",
        requires_documentation=["purpose"],
        requires_standard=True,
    )


def check_of(version, environment):
    verdict = verdict_of(version, environment)
    return next(check for check in verdict.checks if check.code == "documentation")


@pytest.mark.requirement("eu-ai-act/11", "iso-42001/a-6-1")
def test_documentation_below_the_standard_stops_a_release(factory, gatehouse, strict):
    version = factory.approved(risk_tier="high")
    with pytest.raises(GateClosed, match="documentation"):
        gatehouse.release(version)
    reason = check_of(version, strict.environment).reason
    assert "hazards (empty)" in reason
    assert "owner (nobody)" in reason


def test_complete_documentation_lets_it_through(people, factory, gatehouse, strict):
    version = factory.approved(risk_tier="high", owner=people.steward, **WHOLE)
    gatehouse.release(version)
    assert completeness_of(version.prompt).is_full


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_the_gate_and_the_meter_agree_on_every_section(people, factory, strict, name):
    version = factory.draft(risk_tier="high", owner=people.steward, **WHOLE | {name: "x"})
    meter = completeness_of(version.prompt)
    assert check_of(version, strict.environment).passed == meter.is_full
    assert [row[0] for row in meter.missing] == [name]


def test_a_tier_without_a_standard_lets_nothing_through(people, factory, strict):
    version = factory.draft(risk_tier="high", owner=people.steward, **WHOLE)
    DocumentationStandard.objects.filter(risk_tier="high")._raw_delete("default")
    assert "a documentation standard for high risk" in check_of(version, strict.environment).reason


def test_a_gate_that_does_not_ask_stays_as_it_was(people, factory, gatehouse):
    version = factory.approved(risk_tier="high")
    gatehouse.release(version)
    assert not completeness_of(version.prompt).is_full


def test_the_switch_is_part_of_the_gates_version(strict):
    again = set_gate(actor=SHELL, environment="production", risk_tier="high", requires_standard=False)
    assert (again.version, again.requires_standard) == (strict.version + 1, False)


def test_a_change_after_the_approval_counts_at_once(people, factory, strict):
    version = factory.approved(risk_tier="high", owner=people.steward, **WHOLE)
    changes = {"hazards": ""}
    edit_prompt(actor=people.actor("documentarian"), prompt_id=version.prompt_id, changes=changes)
    version.prompt = Prompt.objects.get(pk=version.prompt_id)
    assert not check_of(version, strict.environment).passed
