"""Break-glass: two people, some hours, a third person afterwards."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from audits.identity.errors import Conflict, GovernedError, Refused, Unacceptable
from audits.identity.services.keys import create_key
from audits.ledger.models import Event
from portal.evidence import collect
from portal.services.sign_version import MEANINGS, sign_version
from prompts.lifecycle.models import ApprovalRequest
from prompts.registry.services.freeze import freeze_version
from prompts.releases.errors import GateClosed, PromptFrozen
from prompts.releases.models import Emergency, Freeze, Release
from prompts.releases.services.emergency import (
    ask_emergency,
    confirm_emergency,
    refuse_emergency,
    review_emergency,
)
from prompts.releases.services.freeze import freeze_prompt, lift_freeze
from prompts.releases.services.gate_policies import set_gate
from prompts.releases.services.sweep import sweep_releases
from tests.people import PASSWORD, SHELL, Actor
from tests.reading import open_everything


@pytest.fixture(autouse=True)
def _glass(people):
    """Production lets a steward and an ethics officer through together."""
    set_gate(
        actor=SHELL,
        environment="production",
        emergency_roles=["ethics-officer", "steward"],
        emergency_hours=8,
        review_hours=24,
    )


def ask(people, version, who="steward", **fields):
    told = {"environment": "production", "reason": "It burns.", "hours": 4, **fields}
    return ask_emergency(actor=people.actor(who), version_id=version.pk, **told)


def broken(people, version):
    """The emergency of a version that two people put live."""
    row = ask(people, version)
    confirm_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk)
    row.refresh_from_db()
    return row


def after(**span):
    return timezone.now() + timedelta(**span)


def review(people, row, who="expert", outcome="justified"):
    return review_emergency(
        actor=people.actor(who), emergency_id=row.pk, outcome=outcome, text="It was needed."
    )


def test_two_people_put_a_version_live_whose_gate_is_shut(people, factory):
    version = factory.submitted().version
    row = broken(people, version)
    live = Release.objects.get(state="live")
    assert (live.version, live.is_emergency, row.state) == (version, True, "active")
    assert [check["code"] for check in live.verdict["checks"] if not check["passed"]] == ["approval"]
    told = Event.objects.get(event="releases.emergency.released")
    assert (told.actor, '"asked_by":"sten"' in told.payload, '"broken"' in told.payload) == (
        "etta",
        True,
        True,
    )
    assert Event.objects.get(event="releases.emergency.asked").actor == "sten"


@pytest.mark.parametrize("who", ["author", "expert", "auditor", "administrator", "stranger", "service"])
def test_only_the_two_roles_ask(people, factory, who):
    with pytest.raises(GovernedError):
        ask(people, factory.submitted().version, who)


def test_a_key_never_breaks_the_glass(people, factory):
    version = factory.submitted().version
    pair = create_key(
        actor=SHELL, name="ci", collections=["bank"], environments=["production"], verbs=["release"]
    )
    for actor in (Actor.for_account(pair.account), SHELL, Actor.system("scheduler")):
        with pytest.raises(Refused):
            ask_emergency(actor=actor, version_id=version.pk, environment="production", reason="x", hours=1)


@pytest.mark.parametrize("who", ["steward", "author", "expert", "administrator", "stranger"])
def test_the_other_role_confirms(people, factory, who):
    row = ask(people, factory.submitted().version)
    with pytest.raises(GovernedError):
        confirm_emergency(actor=people.actor(who), emergency_id=row.pk)
    assert not Release.objects.exists()


def test_an_open_gate_needs_no_broken_glass(people, factory):
    with pytest.raises(Conflict, match="open"):
        ask(people, factory.approved())


def test_a_draft_and_a_frozen_prompt_pass_no_broken_glass(people, factory):
    with pytest.raises(GateClosed):
        ask(people, factory.draft())
    version = factory.submitted().version
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    with pytest.raises(PromptFrozen):
        ask(people, version)


def test_a_freeze_after_the_question_wins(people, factory):
    version = factory.submitted().version
    row = ask(people, version)
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    with pytest.raises(PromptFrozen):
        confirm_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk)
    assert not Release.objects.exists()


def test_where_no_gate_allows_it_nobody_asks(people, factory):
    with pytest.raises(Refused, match="lets nobody pass"):
        ask(people, factory.submitted().version, environment="staging")


@pytest.mark.parametrize("hours", [0, 9])
def test_it_lasts_as_long_as_the_gate_allows(people, factory, hours):
    with pytest.raises(Unacceptable):
        ask(people, factory.submitted().version, hours=hours)


def test_one_at_a_time_and_decided_once(people, factory):
    version = factory.submitted().version
    row = broken(people, version)
    with pytest.raises(Conflict):
        ask(people, version)
    with pytest.raises(Conflict, match="decided by now"):
        confirm_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk)


def test_it_is_refused_with_a_reason(people, factory):
    row = ask(people, factory.submitted().version)
    refuse_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk, reason="It can wait.")
    assert Event.objects.get(event="releases.emergency.refused").reason == "It can wait."
    with pytest.raises(Conflict):
        confirm_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk)


def test_it_ends_by_itself_and_nothing_takes_its_place(people, factory):
    first = factory.released()
    row = broken(people, factory.submitted(factory.next_draft(first.prompt, text="Mended.")).version)
    assert sweep_releases(now=after(hours=3)) == 0
    assert sweep_releases(now=after(hours=5)) == 1
    row.refresh_from_db()
    assert (row.state, Release.objects.filter(state="live").exists()) == ("ended", False)
    assert Event.objects.get(event="releases.emergency.ended").actor == "scheduler"
    assert sweep_releases(now=after(hours=5)) == 0


def test_the_same_text_follows_in_order_once_it_is_approved(people, factory, gatehouse):
    version = factory.submitted().version
    row = broken(people, version)
    request = ApprovalRequest.objects.get(version=version)
    for seat in request.seats:
        actor = people.actor({"domain-expert": "expert"}.get(seat["role"], seat["role"].replace("-", "_")))
        open_everything(actor, request)
        sign_version(
            actor=actor,
            request_id=request.pk,
            role=seat["role"],
            meaning=MEANINGS[seat["role"]][0],
            comment="",
            seen_text_digest=version.digest,
            seen_evidence_digest=collect(version).digest,
            password=PASSWORD,
        )
    made = gatehouse.release(version)
    row.refresh_from_db()
    assert (made.is_emergency, row.state, row.waits_for_review) == (False, "ended", True)


def test_what_came_past_the_gate_is_nobodys_safe_version(people, factory, gatehouse):
    first = factory.released()
    second = factory.submitted(factory.next_draft(first.prompt, text="Mended.")).version
    broken(people, second)
    gatehouse.release(first)
    assert Release.objects.get(version=second).state == "withdrawn"
    with pytest.raises(Conflict, match="never released"):
        freeze_prompt(
            actor=people.actor("steward"), prompt_id=first.prompt_id, reason="Harm.", safe_version=2
        )


@pytest.mark.requirement("nist-ai-rmf/manage-4-3")
def test_a_third_person_looks_at_it(people, factory):
    row = broken(people, factory.submitted().version)
    for who in ("steward", "ethics_officer", "author", "auditor"):
        with pytest.raises(Refused):
            review(people, row, who)
    review(people, row)
    assert Event.objects.get(event="releases.emergency.reviewed").actor == "dora"
    sweep_releases(now=after(days=3))
    assert not Freeze.objects.exists()
    with pytest.raises(Conflict, match="Dora"):
        review(people, row)


@pytest.mark.requirement("nist-ai-rmf/manage-4-3", "soc-2/cc7-3")
def test_where_nobody_looks_at_it_the_prompt_is_frozen_until_somebody_does(people, factory):
    version = factory.submitted().version
    row = broken(people, version)
    sweep_releases(now=after(hours=25))
    freeze = Freeze.objects.get()
    assert (freeze.by_name, freeze.lifted_at) == ("scheduler", None)
    told = {"prompt_id": version.prompt_id, "reason": "Go on."}
    with pytest.raises(Refused, match="look at that first"):
        lift_freeze(actor=people.actor("steward"), **told)
    review(people, row, outcome="not justified")
    lift_freeze(actor=people.actor("steward"), **told)
    sweep_releases(now=after(hours=26))
    assert Freeze.objects.filter(lifted_at__isnull=True).count() == 0


@pytest.mark.parametrize("wrong", [{"outcome": "perhaps"}, {"outcome": ""}])
def test_a_review_says_whether_it_was_right(people, factory, wrong):
    row = broken(people, factory.submitted().version)
    with pytest.raises(Unacceptable):
        review(people, row, **wrong)
    assert Emergency.objects.get().reviewed_at is None


def test_who_wrote_an_earlier_draft_of_the_text_does_not_confirm(people, factory):
    """Authors are those who forbid themselves to sign, not only those of the last version."""
    steward = people.actor("steward")
    first = factory.draft(by=steward, text="Words of the steward for {{decision}}.")
    freeze_version(actor=steward, version_id=first.pk)
    version = factory.submitted(factory.next_draft(first.prompt, text="The same, and {{decision}}.")).version
    row = ask(people, version, who="ethics_officer")
    with pytest.raises(Refused, match="You wrote"):
        confirm_emergency(actor=steward, emergency_id=row.pk)


def test_who_wrote_the_text_is_not_the_third_person(people, factory):
    version = factory.submitted(factory.draft(by=people.actor("engineer"))).version
    people.engineer.groups.add(Group.objects.get(name="domain-expert"))
    with pytest.raises(Refused, match="You wrote"):
        review(people, broken(people, version), who="engineer")


def test_what_somebody_asked_for_who_lost_the_role_is_not_confirmed(people, factory):
    row = ask(people, factory.submitted().version)
    people.steward.groups.remove(Group.objects.get(name="steward"))
    with pytest.raises(Conflict, match="no longer in that role"):
        confirm_emergency(actor=people.actor("ethics_officer"), emergency_id=row.pk)
