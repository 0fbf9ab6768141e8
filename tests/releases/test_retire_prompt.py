"""The end of a prompt."""

import pytest

from audits.identity.errors import Conflict, GovernedError, NotThere
from audits.ledger.models import Event
from prompts.registry.services.prompts import create_prompt
from prompts.releases.errors import PromptRetired
from prompts.releases.models import Release, Retirement
from prompts.releases.selectors import retirement_of
from prompts.releases.services.retire import retire_prompt
from tests.people import SHELL


def retire(people, version, by="steward", **fields):
    return retire_prompt(actor=people.actor(by), prompt_id=version.prompt_id, reason="Replaced.", **fields)


@pytest.mark.requirement("nist-ai-rmf/manage-2-4")
def test_retiring_withdraws_what_is_live_and_names_the_successor(people, factory):
    version, successor = factory.released(), factory.draft()
    retire(people, version, successor=successor.prompt)
    assert Release.objects.get().state == "withdrawn"
    assert retirement_of(version.prompt_id).successor == successor.prompt
    assert '"withdrawn_from":["production"]' in Event.objects.get(event="releases.prompt.retired").payload


def test_a_retired_prompt_passes_no_gate(people, factory, gatehouse):
    version = factory.approved()
    retire(people, version)
    with pytest.raises(PromptRetired) as shut:
        gatehouse.release(version)
    assert (shut.value.status, shut.value.code) == (410, "retired")


@pytest.mark.parametrize(
    "who", ["author", "expert", "ethics_officer", "administrator", "stranger", "service"]
)
def test_only_a_steward_of_the_team_retires(people, factory, who):
    with pytest.raises(GovernedError):
        retire(people, factory.draft(), by=who)
    assert not Retirement.objects.exists()


def test_a_prompt_ends_once(people, factory):
    version = factory.draft()
    retire(people, version)
    with pytest.raises(Conflict):
        retire(people, version)


def test_a_successor_is_another_living_prompt_that_the_steward_sees(people, factory):
    version, gone = factory.draft(), factory.draft()
    retire(people, gone)
    for successor in (version.prompt, gone.prompt):
        with pytest.raises(Conflict):
            retire(people, version, successor=successor)
    foreign = create_prompt(actor=SHELL, name="elsewhere/other", text="Foreign.")
    with pytest.raises(NotThere):
        retire(people, version, successor=foreign)
