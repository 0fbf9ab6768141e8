"""Groups of the provider become roles: given, kept in mind with since when, and taken again."""

import pytest

from audits.identity.models import RoleGrant, User
from audits.identity.services.roles import set_roles
from audits.ledger.models import Event
from tests.fixtures.provider import Provider
from tests.people import SHELL, People
from tests.single_sign_on.visitor import Visitor, knows


@pytest.fixture
def visitor(people: People, provider: Provider) -> Visitor:
    return Visitor(provider)


def roles(username: str) -> set[str]:
    return set(User.objects.get(username=username).groups.values_list("name", flat=True)) - {"team:bank"}


def enter(visitor: Visitor, who: str, *groups: str) -> None:
    visitor.provider.accounts[who].claims["groups"] = list(groups)
    Visitor(visitor.provider).sign_in(who)


def test_a_group_gives_a_role_on_record_and_its_end_takes_it(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.engineer)
    enter(visitor, "emil", "board", "unknown")
    assert roles("emil") == {"engineer", "ethics-officer"}
    grant = RoleGrant.objects.get(user=people.engineer, role="ethics-officer")
    assert (grant.source, grant.given_by, grant.ended_at) == ("sso", "single sign-on", None)
    enter(visitor, "emil")
    grant.refresh_from_db()
    assert (roles("emil"), bool(grant.ended_at)) == ({"engineer"}, True)
    told = Event.objects.filter(event="identity.roles.followed", subject="emil").order_by("pk")
    assert ['"source":"sso"' in event.payload for event in told] == [True, True]


def test_a_role_that_was_given_here_stays_when_the_group_goes(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.ethics_officer)
    enter(visitor, "etta", "board")
    enter(visitor, "etta")
    assert roles("etta") == {"ethics-officer"}


def test_nothing_new_is_told_when_nothing_changed(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.engineer)
    for _ in range(2):
        enter(visitor, "emil", "board")
    assert Event.objects.filter(event="identity.roles.followed").count() == 1


def test_an_auditor_by_group_needs_an_end_of_access(visitor: Visitor, people: People, settings) -> None:
    settings.AUDITORS_NEED_END = True
    knows(visitor.provider, people.engineer)
    enter(visitor, "emil", "watch")
    assert "auditor" not in roles("emil")


def test_groups_that_only_the_user_information_tells_count_as_well(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.engineer)
    account = visitor.provider.accounts["emil"]
    del account.claims["groups"]
    visitor.provider.userinfo = {"groups": ["board"]}
    visitor.sign_in("emil")
    assert "ethics-officer" in roles("emil")


def test_an_administrator_who_takes_such_a_role_ends_its_row(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.engineer)
    enter(visitor, "emil", "board")
    set_roles(SHELL, people.engineer, ["engineer"])
    assert not RoleGrant.objects.filter(user=people.engineer, source="sso", ended_at=None).exists()
