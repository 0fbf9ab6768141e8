"""Ends that are told ahead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.releases.errors import PromptRetired
from prompts.releases.models import Release, Retirement
from prompts.releases.selectors import state_of
from prompts.releases.services.retire import cancel_retirement, retire_prompt
from prompts.releases.services.sweep import sweep_releases

SOON = timedelta(days=2)


def retire(people, version, sunset=SOON, **fields):
    return retire_prompt(
        actor=people.actor("steward"),
        prompt_id=version.prompt_id,
        reason="A better one is there.",
        sunset_at=timezone.now() + sunset,
        **fields,
    )


def word(version):
    return state_of([version.prompt_id])[version.prompt_id].state


def test_until_its_day_it_stays_live_and_passes_no_gate(people, factory, gatehouse):
    version = factory.released()
    retire(people, version)
    assert (word(version), Release.objects.get().state) == ("released", "live")
    assert Event.objects.filter(event="releases.retirement.planned").exists()
    with pytest.raises(PromptRetired):
        gatehouse.release(version, to="staging")


def test_on_its_day_it_is_withdrawn_once(people, factory):
    version = factory.released()
    retire(people, version)
    assert sweep_releases(now=timezone.now() + timedelta(days=1)) == 0
    assert sweep_releases(now=timezone.now() + timedelta(days=3)) == 1
    assert sweep_releases(now=timezone.now() + timedelta(days=3)) == 0
    assert (Release.objects.get().state, Retirement.objects.get().ended_at is None) == ("withdrawn", False)
    assert Event.objects.get(event="releases.prompt.retired").actor == "scheduler"


def test_it_is_called_off_before_its_day(people, factory, gatehouse):
    version = factory.released()
    retire(people, version)
    cancel_retirement(actor=people.actor("steward"), prompt_id=version.prompt_id, reason="We need it.")
    assert Event.objects.get(event="releases.retirement.cancelled").reason == "We need it."
    assert sweep_releases(now=timezone.now() + timedelta(days=3)) == 0
    assert gatehouse.release(version, to="development").state == "live"


def test_an_end_that_has_come_is_not_called_off(people, factory):
    version = factory.released()
    retire_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, reason="Old.")
    with pytest.raises(Conflict, match="for good"):
        cancel_retirement(actor=people.actor("steward"), prompt_id=version.prompt_id, reason="No.")


def test_others_call_nothing_off(people, factory):
    version = factory.released()
    retire(people, version)
    with pytest.raises(Refused):
        cancel_retirement(actor=people.actor("author"), prompt_id=version.prompt_id, reason="No.")


@pytest.mark.parametrize("sunset", [-SOON, timedelta(days=4000)])
def test_a_day_lies_ahead_and_not_too_far(people, factory, sunset):
    with pytest.raises(Unacceptable):
        retire(people, factory.released(), sunset)
