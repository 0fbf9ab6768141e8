"""Policies change by four eyes, and never into one that nobody could satisfy."""

import json

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.models import User
from audits.identity.services.people import create_user, set_user
from audits.ledger.models import Event
from prompts.lifecycle.errors import Unsatisfiable
from prompts.lifecycle.models import ApprovalPolicy, PolicyProposal
from prompts.lifecycle.selectors.impact import beyond, impact_of
from prompts.lifecycle.selectors.satisfiable import why_nobody
from prompts.lifecycle.services.propose_policy import confirm_policy, propose_policy, refuse_policy
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.services.prompts import edit_prompt
from tests.people import SHELL

EXPERT, ETHICS, STEWARD = "domain-expert", "ethics-officer", "steward"
DEMANDS = {"seats": [{"role": ETHICS, "count": 1}], "validity_days": 90}


@pytest.fixture
def propose(people):
    """Proposes, as the administrator, a change of the policy for limited risk."""

    def run(who="administrator", **changes):
        demands = {**DEMANDS, **{key: changes.pop(key) for key in list(changes) if key in {"seats", "forms"}}}
        told = {"name": "limited risk", "risk_tier": "limited", "reason": "It is time.", "base_version": 1}
        return propose_policy(actor=people.actor(who), demands=demands, **{**told, **changes})

    return run


def limited():
    return ApprovalPolicy.objects.get(name="limited risk")


@pytest.mark.requirement("nist-ai-rmf/govern-1-4")
def test_a_change_holds_once_a_second_person_confirmed_it(people, propose):
    row = propose()
    assert limited().version == 1
    confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)
    assert (limited().version, limited().seats) == (2, DEMANDS["seats"])
    told = json.loads(Event.objects.filter(event="lifecycle.policy.set").latest("pk").payload)
    assert (told["proposed_by"], told["confirmed_by"]) == ("admin", "etta")
    kinds = ("lifecycle.policy.proposed", "lifecycle.policy.confirmed")
    assert Event.objects.filter(event__in=kinds).count() == 2


def test_history_names_the_person_who_confirmed(people, propose):
    confirm_policy(actor=people.actor("ethics_officer"), pk=propose().pk)
    assert limited().history.latest().history_user == people.ethics_officer


@pytest.mark.parametrize(
    "who",
    ["author", "engineer", "expert", "documentarian", "auditor", "administrator", "leaver", "service"],
)
def test_nobody_else_confirms_and_least_of_all_who_proposed(people, propose, who):
    row = propose()
    with pytest.raises(Refused):
        confirm_policy(actor=people.actor(who), pk=row.pk)
    assert limited().version == 1


def test_who_is_named_as_a_signer_does_not_confirm(people, propose):
    row = propose(seats=[{"role": ETHICS, "count": 1, "people": ["etta"]}])
    with pytest.raises(Refused, match="names you"):
        confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)
    confirm_policy(actor=people.actor("steward"), pk=row.pk)


@pytest.mark.parametrize("who", ["steward", "ethics_officer", "engineer", "auditor", "service"])
def test_only_an_administrator_proposes(propose, who):
    with pytest.raises(Refused):
        propose(who)


def test_an_administrator_sets_no_policy_alone_where_there_is_a_second_person(people):
    with pytest.raises(Refused, match="two people"):
        set_policy(actor=people.actor("administrator"), name="alone", **DEMANDS)


def test_a_lone_administrator_acts_alone_and_it_is_told(people):
    User.objects.exclude(pk__in=[people.administrator.pk, people.documentarian.pk]).update(is_active=False)
    seats = [{"role": "documentation-specialist", "count": 1}]
    row = propose_policy(
        actor=people.actor("administrator"),
        name="every tier",
        demands={"seats": seats, "validity_days": 30},
        reason="A house begins.",
    )
    assert (row.state, row.decision_reason) == ("confirmed", "There was nobody else who could confirm it.")
    assert ApprovalPolicy.objects.get(name="every tier").version == 1


def test_a_refused_change_changes_nothing(people, propose):
    row = propose()
    refuse_policy(actor=people.actor("steward"), pk=row.pk, reason="Too lax.")
    assert limited().version == 1
    assert Event.objects.get(event="lifecycle.policy.refused").reason == "Too lax."
    with pytest.raises(NotThere):
        confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)


def test_who_proposed_it_takes_it_back(people, propose):
    row = propose()
    refuse_policy(actor=people.actor("administrator"), pk=row.pk, reason="A slip.")
    assert PolicyProposal.objects.get(pk=row.pk).state == "refused"


def test_a_second_proposal_of_the_same_person_takes_the_place_of_the_first(propose):
    first, second = propose(), propose(seats=[{"role": EXPERT, "count": 1}])
    states = dict(PolicyProposal.objects.values_list("pk", "state"))
    assert states == {first.pk: "refused", second.pk: "open"}


def test_a_proposal_of_somebody_else_is_decided_first(people, propose):
    propose()
    set_user(actor=SHELL, user=people.engineer, roles=["administrator"])
    with pytest.raises(Conflict, match="decide that first"):
        propose("engineer", seats=[{"role": EXPERT, "count": 1}])


def test_a_policy_that_changed_in_between_is_looked_at_again(people, propose):
    row = propose()
    set_policy(actor=SHELL, name="limited risk", risk_tier="limited", **{**DEMANDS, "validity_days": 7})
    with pytest.raises(Conflict, match="version 2"):
        confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)


def test_what_somebody_proposed_who_left_is_proposed_anew(people, propose):
    row = propose()
    set_user(actor=SHELL, user=people.administrator, roles=[], is_active=False)
    with pytest.raises(Conflict, match="no longer here"):
        confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, Unacceptable),
        ({"reason": "x" * 501}, Unacceptable),
        ({"seats": []}, Unacceptable),
        ({"forms": ["nowhere"]}, Unacceptable),
        ({"base_version": 0}, Conflict),
        ({"base_version": 4}, Conflict),
        ({"name": "new", "base_version": 3}, NotThere),
        ({"name": "new", "base_version": 0}, Conflict),
        ({"name": "synthetic", "base_version": 0}, Unacceptable),
        ({"risk_tier": "mortal"}, Unacceptable),
        ({"risk_tier": "high"}, Conflict),
    ],
)
def test_what_cannot_be_is_not_proposed(propose, changes, error):
    with pytest.raises(error):
        propose(**changes)
    assert not PolicyProposal.objects.exists()


@pytest.mark.parametrize(
    ("seats", "reason"),
    [
        ([{"role": ETHICS, "count": 2}], "one person never fills two"),
        ([{"role": EXPERT, "count": 1, "people": ["sten"]}], "Sten does not hold the role Domain expert"),
        ([{"role": EXPERT, "count": 1, "people": ["leo"]}], "Leo is not active"),
        ([{"role": EXPERT, "count": 1, "people": ["nobody"]}], "There is no person"),
        (
            [
                {"role": ETHICS, "count": 1, "people": ["etta"]},
                {"role": ETHICS, "count": 1, "step": 2, "people": ["etta"]},
            ],
            "one person never fills two",
        ),
    ],
)
def test_a_policy_that_nobody_could_satisfy_is_refused_with_the_reason(propose, seats, reason):
    with pytest.raises(Unsatisfiable, match=reason):
        propose(seats=seats)


def test_a_role_that_nobody_holds_any_more_is_noticed_when_it_is_confirmed(people, propose):
    row = propose()
    set_user(actor=SHELL, user=people.ethics_officer, roles=["steward"])
    with pytest.raises(Unsatisfiable, match="No active person"):
        confirm_policy(actor=people.actor("steward"), pk=row.pk)


def test_single_sign_on_that_nobody_has_is_refused(people):
    row = ApprovalPolicy(name="x", authentication="sso", **DEMANDS)
    assert why_nobody(row, SHELL) == "Nobody of those who could sign has a single sign-on."


def test_people_with_two_roles_are_matched_so_that_every_seat_is_taken(people, propose):
    set_user(actor=SHELL, user=people.expert, roles=[EXPERT, ETHICS])
    assert propose(seats=[{"role": EXPERT, "count": 1}, {"role": ETHICS, "count": 1}])
    with pytest.raises(Unsatisfiable):
        propose(seats=[{"role": EXPERT, "count": 2}, {"role": ETHICS, "count": 2}])


def test_an_owner_who_wrote_every_text_under_it_makes_a_policy_impossible(people, factory, propose):
    set_user(actor=SHELL, user=people.author, roles=["engineer", STEWARD])
    draft = factory.draft()
    edit_prompt(actor=people.actor("engineer"), prompt_id=draft.prompt_id, changes={"owner": people.author})
    owners = [{"role": STEWARD, "count": 1, "tie": "owner"}]
    with pytest.raises(Unsatisfiable, match="bank/prompt-1"):
        propose(seats=owners)
    other = factory.draft()
    edit_prompt(actor=people.actor("engineer"), prompt_id=other.prompt_id, changes={"owner": people.steward})
    assert propose(seats=owners)


def test_people_who_see_none_of_its_prompts_do_not_count(people, factory, propose):
    set_user(actor=SHELL, user=people.steward, roles=[])
    assert propose(seats=[{"role": STEWARD, "count": 1}], base_version=1, name="limited risk") is not None
    PolicyProposal.objects.all().delete()
    factory.draft()
    with pytest.raises(Unsatisfiable, match="On none of the prompts"):
        propose(seats=[{"role": STEWARD, "count": 1, "people": ["stranger"]}])


def test_a_change_tells_which_requests_and_versions_it_touches(people, factory, propose):
    kept, opened = factory.approved(), factory.submitted()
    factory.approved(risk_tier="minimal")
    impact = impact_of(people.actor("administrator"), propose().as_policy)
    assert [row.version for row in impact.lost] == [kept]
    assert [row.request for row in impact.requests] == [opened]
    assert impact.requests[0].more == ["an ethics officer", "an approval of 90 days only"]


def test_of_prompts_that_the_reader_may_not_see_only_the_number_is_told(people, factory, propose):
    factory.submitted()
    impact = impact_of(people.actor("stranger"), propose().as_policy)
    assert (impact.requests, impact.hidden) == ([], 1)


def test_a_laxer_policy_asks_for_nothing_beyond():
    low = ApprovalPolicy(name="a", seats=[{"role": EXPERT, "count": 1}], validity_days=90).demands
    high = ApprovalPolicy(
        name="b",
        seats=[{"role": EXPERT, "count": 2}, {"role": ETHICS, "count": 1, "step": 2}],
        validity_days=30,
        waiting_hours=48,
        authentication="sso",
    ).demands
    assert beyond(high, low) == []
    assert beyond(low, high) == [
        "a domain expert",
        "an ethics officer",
        "the signatures in this order",
        "a new single sign-on",
        "2 days after submission",
        "an approval of 30 days only",
    ]


def test_two_people_pressing_at_once_make_one_change(people, propose):
    row = propose()
    confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)
    with pytest.raises(NotThere):
        confirm_policy(actor=people.actor("steward"), pk=row.pk)
    assert limited().version == 2


def test_a_new_administrator_gains_no_signature_by_it(people, propose):
    create_user(actor=SHELL, username="adam", full_name="Adam", roles=["administrator"])
    row = propose()
    adam = Actor.for_user(User.objects.get(username="adam"))
    assert confirm_policy(actor=adam, pk=row.pk).state == "confirmed"


def test_who_is_named_in_another_spelling_of_case_does_not_confirm_either(people, propose):
    row = propose(seats=[{"role": ETHICS, "count": 1, "people": ["Etta"]}])
    with pytest.raises(Refused, match="names you"):
        confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)


def test_what_somebody_proposed_who_is_no_administrator_any_more_is_not_confirmed(people, propose):
    row = propose()
    people.administrator.groups.clear()
    with pytest.raises(Conflict, match="no longer"):
        confirm_policy(actor=people.actor("ethics_officer"), pk=row.pk)


def test_who_may_not_see_a_prompt_is_not_told_its_name_by_a_policy(people, factory):
    version = factory.draft()
    named = [{"role": STEWARD, "count": 1, "people": ["stranger"]}]
    row = ApprovalPolicy(name="limited risk", risk_tier="limited", seats=named, validity_days=9)
    told = {who: why_nobody(row, people.actor(who)) for who in ("steward", "stranger")}
    assert ["On none of the prompts" in words for words in told.values()] == [True, True]
    assert [who for who, words in told.items() if version.prompt.name in words] == ["steward"]
