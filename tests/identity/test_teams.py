"""Teams and their members."""

import json

import pytest

from audits.identity.errors import Refused
from audits.identity.services.people import set_members
from audits.ledger.models import Event
from tests.people import People

pytestmark = pytest.mark.django_db


def test_members_are_replaced_and_the_entry_tells_before_and_after(people: People) -> None:
    team = people.other_team
    set_members(actor=people.actor("administrator"), team=team, members=[people.expert])
    assert list(team.group.user_set.all()) == [people.expert]
    entry = Event.objects.get(event="identity.team.changed")
    assert json.loads(entry.payload) == {"members": [["stranger"], ["dora"]]}


@pytest.mark.parametrize("who", ["steward", "auditor", "stranger", "leaver"])
def test_only_an_administrator_sets_members(people: People, who: str) -> None:
    with pytest.raises(Refused):
        set_members(actor=people.actor(who), team=people.other_team, members=[])
