"""Rights: what is granted is seen, and nothing else, whichever way one asks."""

import random

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.ledger.models import Event
from prompts.registry.models import Collection, Prompt, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.querysets import collections_with
from prompts.registry.search import search_prompts
from prompts.registry.services.collections import create_collection
from prompts.registry.services.grants import grant_right, revoke_right
from prompts.registry.services.prompts import create_prompt
from tests.people import SHELL

GRANTS = 200
RIGHTS = ("view", "write", "release")


@pytest.mark.requirement("soc-2/cc6-1")
def test_a_right_comes_and_goes_with_its_events(people, factory) -> None:
    prompt, stranger = factory.draft().prompt, people.actor("stranger")
    grant_right(actor=SHELL, user_or_group=people.stranger, right="write", on=prompt)
    assert PromptPolicy(stranger).may("view", prompt)
    assert PromptPolicy(stranger).may("write", prompt)
    revoke_right(actor=SHELL, user_or_group=people.stranger, right="view", on=prompt)
    assert not PromptPolicy(Actor.for_user(people.stranger)).may("write", prompt)
    assert Event.objects.filter(event="registry.right.granted", subject=prompt.name).count() == 1
    assert Event.objects.filter(event="registry.right.revoked", subject=prompt.name).count() == 1


@pytest.mark.parametrize("who", ["author", "steward", "auditor", "stranger", "service"])
@pytest.mark.requirement("soc-2/cc6-1")
def test_only_administrators_grant(people, factory, who: str) -> None:
    prompt = factory.draft().prompt
    with pytest.raises(Refused):
        grant_right(actor=people.actor(who), user_or_group=people.stranger, right="view", on=prompt)


def _agree(actor: Actor, names: set[str]) -> None:
    assert set(Prompt.objects.visible_to(actor).values_list("name", flat=True)) == names
    assert Prompt.objects.visible_to(actor).count() == len(names)
    assert {prompt.name for prompt in Prompt.objects.all().seen_by_key(actor)} == names
    assert {prompt.name for prompt in search_prompts(actor, "common")} == names
    assert search_prompts(actor, "").count() == len(names)
    assert Version.objects.visible_to(actor).count() == len(names)


def test_random_grants_are_seen_alike_by_list_count_and_search(people, monkeypatch) -> None:
    chance = random.Random(7)
    places = [create_collection(actor=SHELL, slug=f"c{number}") for number in range(6)]
    prompts = [
        create_prompt(actor=SHELL, name=f"{place.slug}/p{number}", text="a common text")
        for place in places
        for number in range(8)
    ]
    whom = [people.stranger, people.expert, people.team.group, people.other_team.group]
    persons = {
        "stranger": {people.stranger, people.other_team.group},
        "expert": {people.expert, people.team.group},
    }
    held: set[tuple[object, object]] = set()
    for turn in range(GRANTS):
        one, on = chance.choice(whom), chance.choice([*places, *prompts])
        if chance.random() < 0.7:
            grant_right(actor=SHELL, user_or_group=one, right=chance.choice(RIGHTS), on=on)
            held.add((one, on))
        else:
            revoke_right(actor=SHELL, user_or_group=one, right="view", on=on)
            held.discard((one, on))
        name = "stranger" if turn % 2 else "expert"
        monkeypatch.setattr("prompts.registry.querysets.FEW", 0 if turn % 3 else 2000)
        mine = {on for whose, on in held if whose in persons[name]}
        _agree(people.actor(name), {row.name for row in prompts if row in mine or row.collection in mine})


def test_a_key_sees_the_collections_it_names(people, factory) -> None:
    factory.draft("bank/a")
    create_prompt(actor=SHELL, name="elsewhere/b", text="x")
    assert [row.name for row in Prompt.objects.visible_to(people.actor("service"))] == ["bank/a"]
    assert [row.name for row in Prompt.objects.all().seen_by_key(people.actor("service"))] == ["bank/a"]
    assert list(collections_with(people.actor("service"), "view")) == [Collection.objects.get(slug="bank")]
