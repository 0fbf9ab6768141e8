"""Collections and environments."""

import pytest

from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.models import Environment
from prompts.registry.querysets import collections_with
from prompts.registry.services.collections import create_collection, edit_collection
from prompts.registry.services.environments import create_environment, edit_environment


def test_a_collection_gives_its_team_every_right(people) -> None:
    create_collection(actor=people.actor("administrator"), slug="shop", title="Shop", team=people.other_team)
    for right in ("view", "write", "release"):
        assert collections_with(people.actor("stranger"), right).filter(slug="shop").exists()
        assert not collections_with(people.actor("author"), right).filter(slug="shop").exists()


@pytest.mark.parametrize("slug", ["", "a/b", "A", "new", "a b", "a|b", "a" * 81, "a\x00"])
def test_a_slug_that_could_not_begin_a_name_is_refused(people, slug: str) -> None:
    with pytest.raises(Unacceptable):
        create_collection(actor=people.actor("administrator"), slug=slug, title="x")


def test_a_slug_is_given_once(people, bank) -> None:
    with pytest.raises(Conflict):
        create_collection(actor=people.actor("administrator"), slug="bank", title="Again")


def test_only_who_configures_makes_collections_and_environments(people) -> None:
    with pytest.raises(Refused):
        create_collection(actor=people.actor("steward"), slug="shop", title="x")
    with pytest.raises(Refused):
        create_environment(actor=people.actor("steward"), slug="pilot", title="Pilot", rank=9)


def test_a_collection_and_an_environment_are_changed_with_history(people, bank) -> None:
    admin = people.actor("administrator")
    edit_collection(actor=admin, collection_id=bank.pk, title="Bank & Co", description="Cards")
    made = create_environment(actor=admin, slug="pilot", title="Pilot", rank=9)
    edit_environment(actor=admin, environment_id=made.pk, title="Pilot", is_protected=True)
    assert Environment.objects.get(slug="pilot").is_protected
    assert bank.history.first().history_actor == made.history.first().history_actor == "admin"
    assert Event.objects.filter(event="registry.environment.changed").count() == 1
    assert Event.objects.filter(event="registry.collection.changed").count() == 1


@pytest.mark.parametrize(("slug", "rank"), [("Up", 9), ("latest", 9), ("", 9), ("a" * 41, 9), ("ok", 0)])
def test_a_bad_environment_is_refused(people, slug: str, rank: int) -> None:
    with pytest.raises(Unacceptable):
        create_environment(actor=people.actor("administrator"), slug=slug, title="x", rank=rank)


@pytest.mark.parametrize(("slug", "rank"), [("production", 9), ("ok", 3)])
def test_slug_and_rank_of_an_environment_are_given_once(people, slug: str, rank: int) -> None:
    with pytest.raises(Conflict):
        create_environment(actor=people.actor("administrator"), slug=slug, title="x", rank=rank)
