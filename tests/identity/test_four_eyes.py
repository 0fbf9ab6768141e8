"""Roles that sign or configure take two people, as do the passwords of those who hold them."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.models import AccessProposal, User
from audits.identity.services.people import create_user, set_user
from audits.identity.services.roles import (
    ask_password,
    confirm_proposal,
    refuse_proposal,
    roles_since,
)
from audits.ledger.models import Event
from tests.people import PASSWORD, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(people: People) -> AccessProposal:
    """An administrator wants an engineer to sign as well."""
    set_user(actor=people.actor("administrator"), user=people.engineer, roles=["engineer", "ethics-officer"])
    return AccessProposal.objects.get()


def roles(user: User) -> set[str]:
    return set(roles_since(user))


@pytest.mark.requirement("soc-2/cc6-1", "iso-42001/a-3-2")
def test_a_signing_role_waits_and_others_do_not(people: People) -> None:
    user = create_user(
        actor=people.actor("administrator"),
        username="nina",
        full_name="Nina",
        roles=["engineer", "steward"],
    )
    assert roles(user) == {"engineer"}
    assert AccessProposal.objects.get().roles == ["steward"]


def test_a_second_person_confirms_and_both_are_on_record(asked: AccessProposal, people: People) -> None:
    confirm_proposal(actor=people.actor("steward"), pk=asked.pk)
    assert roles(people.engineer) == {"engineer", "ethics-officer"}
    row = people.engineer.role_grants.get(role="ethics-officer")
    assert (row.given_by, row.confirmed_by) == ("admin", "sten")
    with pytest.raises(NotThere):
        confirm_proposal(actor=people.actor("steward"), pk=asked.pk)


@pytest.mark.parametrize("who", ["administrator", "engineer", "auditor", "author"])
def test_the_proposer_the_subject_and_others_do_not(asked: AccessProposal, people: People, who: str) -> None:
    with pytest.raises(Refused):
        confirm_proposal(actor=people.actor(who), pk=asked.pk)
    assert roles(people.engineer) == {"engineer"}


def test_an_administrator_gives_himself_nothing(people: People) -> None:
    administrator = people.actor("administrator")
    set_user(actor=administrator, user=people.administrator, roles=["administrator", "steward"])
    row = AccessProposal.objects.get()
    with pytest.raises(Refused):
        confirm_proposal(actor=administrator, pk=row.pk)
    refuse_proposal(actor=administrator, pk=row.pk, reason="A slip.")
    assert roles(people.administrator) == {"administrator"}


def test_alone_he_gives_others_and_not_himself(people: People) -> None:
    User.objects.exclude(username__in=["admin", "emil"]).update(is_active=False)
    administrator = people.actor("administrator")
    set_user(actor=administrator, user=people.engineer, roles=["steward"])
    assert roles(people.engineer) == {"steward"}
    User.objects.filter(username="emil").update(is_active=False)
    with pytest.raises(Refused, match="himself"):
        set_user(actor=administrator, user=people.administrator, roles=["administrator", "steward"])


def test_a_proposal_of_somebody_who_left_is_not_confirmed(asked: AccessProposal, people: People) -> None:
    User.objects.filter(username="admin").update(is_active=False)
    with pytest.raises(Conflict):
        confirm_proposal(actor=people.actor("steward"), pk=asked.pk)


def test_a_refusal_says_why(asked: AccessProposal, people: People) -> None:
    with pytest.raises(Unacceptable):
        refuse_proposal(actor=people.actor("steward"), pk=asked.pk, reason=" ")
    refuse_proposal(actor=people.actor("steward"), pk=asked.pk, reason="Not trained.")
    assert Event.objects.get(event="identity.proposal.refused").reason == "Not trained."


@pytest.mark.requirement("21-cfr-11/200-a-3")
def test_the_password_of_a_signer_takes_two(people: People) -> None:
    administrator = people.actor("administrator")
    with pytest.raises(Unacceptable):
        ask_password(actor=administrator, user=people.expert)
    assert ask_password(actor=administrator, user=people.expert, reason="Forgotten, seen in person.") == ""
    people.expert.refresh_from_db()
    assert people.expert.check_password(PASSWORD)
    pair = confirm_proposal(actor=people.actor("steward"), pk=AccessProposal.objects.get().pk)
    people.expert.refresh_from_db()
    assert not people.expert.has_usable_password()
    assert "/" in pair


def test_the_address_serves_once_and_the_person_sets_the_password(people: People) -> None:
    inside = Client()
    inside.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    pair = ask_password(actor=people.actor("administrator"), user=people.author)
    assert inside.get("/admin/").status_code == 302
    address, client = reverse("admin:set-password", args=pair.split("/")), Client()
    form = client.get(address)["Location"]
    new = {"new_password1": "plum-tree-in-winter", "new_password2": "plum-tree-in-winter"}
    assert client.post(form, new)["Location"] == "/admin/login/"
    assert b"This address has served" in Client().get(address, follow=True).content
    assert Event.objects.filter(event="identity.password.set", actor="ada").exists()
    assert Event.objects.filter(event="identity.password.link", actor="admin").exists()


def test_nobody_asks_for_his_own(people: People) -> None:
    with pytest.raises(Refused):
        ask_password(actor=people.actor("administrator"), user=people.administrator, reason="Mine.")


def test_roles_that_were_given_are_told_with_their_moment(people: People) -> None:
    told = roles_since(people.steward)
    assert list(told) == ["steward"]
    people.steward.groups.remove(Group.objects.get(name="steward"))
    assert roles_since(people.steward) == {}
