"""The kill switch."""

import pytest

from audits.identity.errors import Conflict, GovernedError, NotThere, Refused
from audits.ledger.models import Event
from prompts.releases.errors import PromptFrozen
from prompts.releases.models import Freeze, Release
from prompts.releases.selectors import open_freeze
from prompts.releases.services.freeze import freeze_prompt, lift_freeze

EVERYBODY = (
    *("author", "engineer", "steward", "expert", "ethics_officer", "documentarian"),
    *("auditor", "administrator", "stranger", "leaver", "service"),
)


def freeze(people, version, by="ethics_officer", **fields):
    return freeze_prompt(actor=people.actor(by), prompt_id=version.prompt_id, reason="It harms.", **fields)


def lift(people, version, by):
    return lift_freeze(actor=people.actor(by), prompt_id=version.prompt_id, reason="It was examined.")


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.requirement("eu-ai-act/14", "eu-ai-act/26-5", "nist-ai-rmf/manage-2-4")
def test_ethics_officers_and_the_teams_stewards_stop_a_prompt(people, factory, who):
    version = factory.draft()
    if who in {"ethics_officer", "steward"}:
        assert freeze(people, version, by=who).lifted_at is None
        assert Event.objects.get(event="releases.prompt.frozen").reason == "It harms."
    else:
        with pytest.raises(GovernedError):
            freeze(people, version, by=who)
        assert not Freeze.objects.exists()


def test_a_frozen_prompt_passes_no_gate_and_its_rows_stay(people, factory, gatehouse):
    version = factory.released()
    freeze(people, version)
    with pytest.raises(PromptFrozen) as shut:
        gatehouse.release(factory.approved(factory.next_draft(version.prompt, text="Other.")))
    assert (shut.value.status, shut.value.code) == (423, "frozen")
    assert Release.objects.get().state == "live"


@pytest.mark.requirement("soc-2/cc7-3")
def test_a_lifted_freeze_lets_the_prompt_go_on(people, factory):
    version = factory.draft()
    freeze(people, version, by="steward")
    lift(people, version, by="steward")
    assert open_freeze(version.prompt_id) is None
    assert Event.objects.get(event="releases.prompt.unfrozen").actor == "sten"


def test_a_steward_does_not_lift_what_an_ethics_officer_froze(people, factory):
    version = factory.draft()
    freeze(people, version)
    with pytest.raises(Refused):
        lift(people, version, by="steward")
    assert lift(people, version, by="ethics_officer").lifted_by == people.ethics_officer


def test_frozen_once_is_enough_and_only_the_frozen_is_lifted(people, factory):
    version = factory.draft()
    with pytest.raises(Conflict):
        lift(people, version, by="ethics_officer")
    freeze(people, version)
    with pytest.raises(Conflict):
        freeze(people, version)


def test_a_safe_version_is_one_that_was_released(people, factory):
    version = factory.released()
    draft = factory.next_draft(version.prompt, text="Other.")
    for number, error in ((draft.number, Conflict), (9, NotThere)):
        with pytest.raises(error):
            freeze(people, version, safe_version=number)
    assert freeze(people, version, safe_version=1).safe_version == version
