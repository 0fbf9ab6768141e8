"""Two hundred random grants: wherever somebody looks, he finds what was granted to him and nothing else.

What each person should see is worked out here, in plain Python over the list of grants. Every prompt carries
a word of its own in its name and text, so that a leak shows wherever it happens: in a list, a count, a
suggestion, an entry of the trail, a file, a figure or an answer of the API.
"""

import base64
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from audits.exports.models import Export
from audits.exports.services.work_on_export import work_on_export
from audits.identity.models import Team, User
from audits.identity.services.keys import create_key
from audits.identity.services.people import create_team, create_user
from audits.ledger.services.sequence_events import integrate
from prompts.evaluations.models import Provider
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Collection, Prompt, Version
from prompts.registry.services.collections import create_collection
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.grants import grant_right
from prompts.registry.services.prompts import create_prompt
from tests.people import SHELL

GRANTS, PLACES, EACH = 200, 8, 8
MARK = re.compile(r"zq\d\dx")
RIGHTS = ("view", "view", "write", "release")
ROLES = (["engineer"], ["steward"], ["domain-expert"], ["documentation-specialist"], ["engineer", "steward"])


@dataclass
class World:
    """Who was granted what; prompts by their mark."""

    places: list[Collection] = field(default_factory=list)
    prompts: dict[str, Prompt] = field(default_factory=dict)
    persons: list[User] = field(default_factory=list)
    teams: dict[Group, list[User]] = field(default_factory=dict)
    grants: list[tuple[User | Group, Prompt | Collection]] = field(default_factory=list)

    def due(self, person: User) -> set[str]:
        """The marks that the person should find: by his and his teams' grants on prompt or collection."""
        mine = {person, *(group for group, members in self.teams.items() if person in members)}
        held = [on for whom, on in self.grants if whom in mine]
        single = {on.pk for on in held if isinstance(on, Prompt)}
        whole = {on.pk for on in held if isinstance(on, Collection)}
        return {mark for mark, row in self.prompts.items() if row.pk in single or row.collection_id in whole}


@pytest.fixture
def world(people: Any) -> World:
    """Sixty-four prompts with a run each, ten persons, three teams and the grants."""
    chance, made = random.Random(20), World()
    made.places = [create_collection(actor=SHELL, slug=f"place{n}") for n in range(PLACES)]
    runner = people.actor("ethics_officer")
    suite = create_suite(actor=SHELL, name="common", title="Common", collection=made.places[0])
    save_case(actor=SHELL, suite_id=suite.pk, name="one", assertions=[{"type": "contains", "value": "a"}])
    local = Provider.objects.get(name="local")
    for number in range(PLACES * EACH):
        mark, place = f"zq{number:02d}x", made.places[number % PLACES]
        made.prompts[mark] = row = create_prompt(
            actor=SHELL, name=f"{place.slug}/{mark}", text=f"A common text of {mark}."
        )
        version = freeze_version(actor=SHELL, version_id=Version.objects.get(prompt=row).pk)
        start_run(actor=runner, version_id=version.pk, suite_id=suite.pk, providers=[local])
    for number in range(10):
        made.persons.append(
            create_user(
                actor=SHELL,
                username=f"person{number}",
                full_name=f"Person {number}",
                roles=ROLES[number % len(ROLES)],
            )
        )
    for number in range(3):
        members = chance.sample(made.persons, 3)
        team: Team = create_team(actor=SHELL, name=f"Team {number}", members=members)
        made.teams[team.group] = members
    whom = [*made.persons[:9], *made.teams]  # the tenth has what his teams have, if any
    for number in range(GRANTS):
        on = chance.choice(made.places if number % 20 == 0 else list(made.prompts.values()))
        one = chance.choice(whom)
        grant_right(actor=SHELL, user_or_group=one, right=chance.choice(RIGHTS), on=on)
        made.grants.append((one, on))
    return made


def marks(answer: Any) -> set[str]:
    """Every mark in an answer, streamed or not."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return set(MARK.findall(raw.decode()))


def listed(browser: Client, query: str) -> Iterator[Any]:
    """All pages of the list."""
    after = ""
    while True:
        page = browser.get(reverse("admin:prompts") + f"?q={query}&after={quote(after)}")
        yield page
        after = page.context["page"].more
        if not after:
            return


def on_list(world: World, browser: Client, due: set[str]) -> None:
    """The list and the search for a word that all hold: rows and count."""
    for query in ("", "common"):
        pages = list(listed(browser, query))
        assert set().union(*map(marks, pages)) == due
        assert {page.context["page"].count for page in pages} == {len(due)}


def by_suggestion(world: World, browser: Client, due: set[str]) -> None:
    """Typing a prompt's own word offers it to those who may see it."""
    for mark in list(world.prompts)[::11]:
        told = browser.get(reverse("admin:search-suggest"), {"q": mark}).json()["data"]
        assert [row["name"].rpartition("/")[2] for row in told] == [mark] * (mark in due)


def on_pages(world: World, browser: Client, due: set[str]) -> None:
    """A prompt's own page, its audit among it, or none that tells more than that there is none."""
    for mark in list(world.prompts)[::13]:
        address = reverse("admin:prompt", args=[world.prompts[mark].pk])
        for tab in ("summary", "audit"):
            page = browser.get(f"{address}?tab={tab}")
            assert (page.status_code, mark in marks(page)) == ((200, True) if mark in due else (404, False))


def on_trail(world: World, browser: Client, due: set[str]) -> None:
    """The trail's page and its file: each prompt has at least the entry of its making."""
    page = browser.get(reverse("admin:trail"))
    assert marks(page) <= due
    assert bool(marks(page)) == bool(due)
    browser.post(reverse("admin:trail-export"), {"format": "csv"})
    made = work_on_export(export_id=Export.objects.latest("pk").pk)
    assert marks(browser.get(reverse("admin:export-file", args=[made.pk]))) == due


def on_dashboard(world: World, browser: Client, due: set[str]) -> None:
    """Evaluations: each prompt has one run, so that their number tells."""
    page = browser.get(reverse("admin:evaluations"))
    assert marks(page) <= due
    assert page.context["sums"]["runs"] == len(due)


def elsewhere(world: World, browser: Client, due: set[str]) -> None:
    """Pages that show something of some prompts."""
    for name in ("index", "use", "releases", "desk", "registry_prompt_changelist"):
        assert marks(browser.get(reverse(f"admin:{name}"), follow=True)) <= due


@pytest.mark.django_db(transaction=True)
def test_two_hundred_grants_are_seen_alike_everywhere(world: World, people: Any) -> None:
    integrate(wait=True)
    looks: list[Callable[[World, Client, set[str]], None]] = [
        on_list, by_suggestion, on_pages, on_trail, on_dashboard, elsewhere,
    ]  # fmt: skip
    sizes = set()
    for person in [*world.persons[:3], world.persons[9], people.stranger, people.auditor]:
        due = set(world.prompts) if person == people.auditor else world.due(person)
        sizes.add(len(due))
        browser = Client()
        browser.force_login(person)
        for look in looks:
            look(world, browser, due)
    assert {0, len(world.prompts)} < sizes


def test_a_key_reaches_its_collections_alone(world: World) -> None:
    covered = world.places[2:4]
    pair = create_key(
        actor=SHELL,
        name="reader",
        collections=[place.slug for place in covered],
        environments=["development"],
        verbs=["read", "read_drafts"],
    )
    raw = base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()
    api = Client(headers={"Authorization": f"Basic {raw}"})
    due = {mark for mark, row in world.prompts.items() if row.collection in covered}
    for path in (
        "v1/prompts?limit=100",
        "v1/prompts?q=common&limit=100",
        "public/v2/prompts?limit=100",
        "v1/runs",
    ):
        assert marks(api.get(f"/api/{path}")) == due, path
    for mark, row in list(world.prompts.items())[::5]:
        answer = api.get(f"/api/public/v2/prompts/{quote(row.name, safe='')}?label=latest")
        assert answer.status_code == (200 if mark in due else 404)
