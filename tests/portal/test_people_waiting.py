"""The home page says what about people waits for the reader."""

import pytest

from audits.identity.services.people import create_user, set_user
from portal.selectors.home.deciding import to_confirm
from portal.selectors.home.people_waiting import people_waiting
from prompts.releases.services.gate_changes import propose_gate
from tests.people import SHELL, People
from tests.portal.opening import Desk


@pytest.fixture
def proposed(people: People) -> None:
    roles = ["engineer", "ethics-officer"]
    set_user(actor=people.actor("administrator"), user=people.engineer, roles=roles)


def lines(people: People, who: str) -> list[str]:
    return [line.text for line in people_waiting(people.actor(who))]


def words(people: People, who: str) -> list[str]:
    return [row.words for row in to_confirm(people.actor(who))]


def test_a_proposal_is_shown_to_those_who_may_say_yes(proposed: None, people: People) -> None:
    told = {who: len(words(people, who)) for who in ("steward", "ethics_officer", "administrator", "expert")}
    assert told == {"steward": 1, "ethics_officer": 1, "administrator": 0, "expert": 0}


def test_it_stands_on_the_home_page_once(proposed: None, people: People) -> None:
    page = Desk(people).text("steward", "index")
    assert page.count("/admin/people/proposals/") == 1


def test_a_change_of_a_gate_stands_in_the_same_list(proposed: None, people: People) -> None:
    administrator = people.actor("administrator")
    propose_gate(actor=administrator, environment="production", reason="Why not?", requires_standard=True)
    assert words(people, "steward")[1:] == ["Gate of production: what the gate asks"]
    page = Desk(people).text("steward", "index")
    assert page.count("Waiting for a second person") == 1
    assert page.count("/admin/releases/second-person/") == 1


def test_whoever_audits_too_is_shown_what_he_may_confirm(proposed: None, people: People) -> None:
    set_user(actor=SHELL, user=people.steward, roles=["auditor", "steward"])
    assert "Waiting for a second person" in Desk(people).text("steward", "index")


def test_a_newcomer_is_shown_to_administrators_until_let_in(people: People) -> None:
    noa = create_user(actor=SHELL, username="noa", full_name="Noa")
    noa.identities.create(issuer="https://id.example.org", subject="1", connected_by="single sign-on")
    set_user(actor=SHELL, user=noa, roles=[], is_active=False)
    assert lines(people, "administrator") == ["Came by single sign-on and waits: Noa"]
    assert lines(people, "steward") == []
    set_user(actor=SHELL, user=noa, roles=[])
    assert lines(people, "administrator") == []
