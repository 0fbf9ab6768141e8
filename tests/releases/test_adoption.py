"""Running texts come in as inherited releases, by two people, with a date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.errors import Conflict, GovernedError, Refused, Unacceptable
from audits.identity.services.people import create_user
from audits.ledger.models import Event
from prompts.lifecycle.services.requests import reject
from prompts.registry.models import Version
from prompts.releases.models import Freeze, Release
from prompts.releases.selectors import state_of
from prompts.releases.services.adoption import confirm_adoption, propose_adoption, refuse_adoption
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.gate_policies import set_gate
from prompts.releases.services.sweep import sweep_releases
from tests.people import PASSWORD, SHELL, Actor


def propose(people, versions, who="steward", days=90, **fields):
    told = {
        "prompt_ids": [version.prompt_id for version in versions],
        "environment": "production",
        "reason": "They serve today.",
        "recertify_by": timezone.now() + timedelta(days=days),
        **fields,
    }
    return propose_adoption(actor=people.actor(who), **told)


def adopted(people, *versions, **fields):
    """The releases after both people."""
    row, _ = propose(people, versions, **fields)
    return confirm_adoption(actor=people.actor("ethics_officer"), adoption_id=row.pk)


def test_drafts_are_frozen_and_served_as_inherited(people, factory):
    first, second = factory.draft(), factory.draft()
    made, left_out = adopted(people, first, second)
    assert ([row.inherited for row in made], left_out) == ([True, True], [])
    assert Version.objects.get(pk=first.pk).is_frozen
    assert state_of([first.prompt_id])[first.prompt_id].state == "inherited"
    told = Event.objects.filter(event="releases.release.inherited").first()
    assert (told.actor, '"proposed_by":"sten"' in told.payload) == ("etta", True)
    assert Event.objects.filter(event="releases.adoption.proposed").count() == 1


def test_nothing_is_served_before_the_second_person(people, factory):
    propose(people, [factory.draft()])
    assert not Release.objects.exists()


@pytest.mark.parametrize("who", ["steward", "author", "expert", "auditor", "administrator", "stranger"])
def test_another_steward_or_an_ethics_officer_confirms(people, factory, who):
    row, _ = propose(people, [factory.draft()])
    with pytest.raises(Refused):
        confirm_adoption(actor=people.actor(who), adoption_id=row.pk)


def test_whoever_sees_not_all_of_it_decides_nothing(people, factory):
    row, _ = propose(people, [factory.draft()])
    user = create_user(actor=SHELL, username="far", full_name="Far", password=PASSWORD, roles=["steward"])
    with pytest.raises(Refused, match="not see all"):
        confirm_adoption(actor=Actor.for_user(user), adoption_id=row.pk)


@pytest.mark.parametrize("who", ["author", "ethics_officer", "administrator", "service"])
def test_a_steward_proposes(people, factory, who):
    with pytest.raises(GovernedError):
        propose(people, [factory.draft()], who)


@pytest.mark.parametrize("days", [-1, 181])
def test_it_is_recertified_within_180_days(people, factory, days):
    with pytest.raises(Unacceptable):
        propose(people, [factory.draft()], days=days)


def test_what_is_live_or_cannot_be_frozen_is_left_out_and_told(people, factory):
    live, broken, fine = factory.released(), factory.draft(text="Hello {{> bank/none}}"), factory.draft()
    row, left_out = propose(people, [live, broken, fine])
    assert row.texts.get().version_id == fine.pk
    assert [name for name, _ in left_out] == [live.prompt.name, broken.prompt.name]


def test_where_nothing_is_left_nothing_is_proposed(people, factory):
    with pytest.raises(Unacceptable, match="None of these"):
        propose(people, [factory.released()])


def test_what_was_frozen_meanwhile_is_left_out(people, factory):
    first, second = factory.draft(), factory.draft()
    row, _ = propose(people, [first, second])
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=first.prompt_id, reason="Harm.")
    made, left_out = confirm_adoption(actor=people.actor("ethics_officer"), adoption_id=row.pk)
    assert (len(made), left_out[0][0]) == (1, first.prompt.name)


def test_a_refusal_serves_nothing_and_it_is_decided_once(people, factory):
    row, _ = propose(people, [factory.draft()])
    refuse_adoption(actor=people.actor("ethics_officer"), adoption_id=row.pk, reason="Nobody knows them.")
    assert Event.objects.get(event="releases.adoption.refused").reason == "Nobody knows them."
    with pytest.raises(Conflict, match="already"):
        confirm_adoption(actor=people.actor("ethics_officer"), adoption_id=row.pk)


def test_it_ends_when_the_same_text_is_approved_and_released(people, factory, gatehouse):
    version = factory.draft()
    adopted(people, version)
    made = gatehouse.release(factory.approved(Version.objects.get(pk=version.pk)))
    assert (made.inherited, state_of([version.prompt_id])[version.prompt_id].state) == (False, "released")


def test_an_overdue_text_is_told_once_and_served_on(people, factory):
    adopted(people, factory.draft())
    for _ in range(2):
        sweep_releases(now=timezone.now() + timedelta(days=91))
    assert Event.objects.filter(event="releases.inherited.overdue").count() == 1
    assert (Release.objects.get().state, Freeze.objects.exists()) == ("live", False)


def test_where_the_gate_says_so_an_overdue_text_freezes_its_prompt(people, factory):
    set_gate(actor=SHELL, environment="production", overdue_inherited="freeze")
    adopted(people, factory.draft())
    sweep_releases(now=timezone.now() + timedelta(days=91))
    assert Freeze.objects.get().by_name == "scheduler"


def test_who_wrote_one_of_the_texts_does_not_confirm(people, factory):
    other = create_user(actor=SHELL, username="sara", full_name="Sara", password=PASSWORD, roles=["steward"])
    people.team.group.user_set.add(other)
    own = factory.draft(by=Actor.for_user(other))
    row, _ = propose(people, [factory.draft(), own])
    with pytest.raises(Refused, match="You wrote"):
        confirm_adoption(actor=Actor.for_user(other), adoption_id=row.pk)


def test_what_was_submitted_for_approval_is_not_taken_on_past_the_desk(people, factory):
    version = factory.submitted().version
    reject(
        actor=people.actor("ethics_officer"),
        request_id=version.approval_requests.get().pk,
        comment="Harmful.",
    )
    with pytest.raises(Unacceptable, match="submitted for approval"):
        propose(people, [version])


def test_what_was_submitted_meanwhile_is_left_out(people, factory):
    version = factory.draft()
    row, _ = propose(people, [version])
    factory.submitted(version)
    made, left_out = confirm_adoption(actor=people.actor("ethics_officer"), adoption_id=row.pk)
    assert (made, [name for name, _ in left_out]) == ([], [version.prompt.name])


def test_what_ran_here_once_is_not_taken_on_again(people, factory):
    """An emergency that ended, or a second text after the first, would pass the gate for half a year."""
    version = factory.draft()
    adopted(people, version)
    Release.objects.update(state="withdrawn", ended_at=timezone.now())
    factory.next_draft(version.prompt, text="Something else for {{decision}}.")
    with pytest.raises(Unacceptable, match="was released"):
        propose(people, [version])


def test_what_somebody_proposed_who_may_no_longer_is_not_confirmed(people, factory):
    row, _ = propose(people, [factory.draft()])
    people.team.group.user_set.remove(people.steward)
    with pytest.raises(Conflict, match="no longer"):
        confirm_adoption(actor=people.actor("ethics_officer"), adoption_id=row.pk)
