"""The home page says what about people waits for the reader."""

import pytest

from audits.identity.services.people import create_user, set_user
from portal.selectors.home.people_waiting import people_waiting
from tests.people import SHELL, People
from tests.portal.opening import Desk


@pytest.fixture
def proposed(people: People) -> None:
    roles = ["engineer", "ethics-officer"]
    set_user(actor=people.actor("administrator"), user=people.engineer, roles=roles)


def lines(people: People, who: str) -> list[str]:
    return [line.text for line in people_waiting(people.actor(who))]


def test_a_proposal_is_shown_to_those_who_may_say_yes(proposed: None, people: People) -> None:
    told = {who: lines(people, who) for who in ("steward", "ethics_officer", "administrator", "expert")}
    yes = ["Your yes or no is asked for Emil"]
    assert told == {"steward": yes, "ethics_officer": yes, "administrator": [], "expert": []}


def test_it_stands_on_the_home_page(proposed: None, people: People) -> None:
    page = Desk(people).text("steward", "index")
    assert "Your yes or no is asked for Emil" in page
    assert "/admin/people/proposals/" in page


def test_a_newcomer_is_shown_to_administrators_until_let_in(people: People) -> None:
    noa = create_user(actor=SHELL, username="noa", full_name="Noa")
    noa.identities.create(issuer="https://id.example.org", subject="1", connected_by="single sign-on")
    set_user(actor=SHELL, user=noa, roles=[], is_active=False)
    assert lines(people, "administrator") == ["Came by single sign-on and waits: Noa"]
    assert lines(people, "steward") == []
    set_user(actor=SHELL, user=noa, roles=[])
    assert lines(people, "administrator") == []
