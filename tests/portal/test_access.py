"""Every address has a row in the access table, and answers every kind of person as the table says."""

import pytest
from django.contrib import admin
from django.test import Client

from portal.pages import access
from portal.settings.navigation import NAVIGATION
from tests.portal.stage import addresses, build

PEOPLE = (
    "author",
    "engineer",
    "steward",
    "expert",
    "ethics_officer",
    "documentarian",
    "auditor",
    "administrator",
    "stranger",
)
SEES = set(PEOPLE) - {"stranger"}
WRITES = {"author", "engineer", "steward"}
ALLOWED = {
    access.OPEN: set(PEOPLE),
    access.PERSON: set(PEOPLE),
    access.SEES: SEES,
    access.WRITES: WRITES,
    access.OWN: {"author"},
    access.CREATES: {*WRITES, "stranger"},
    access.DOCUMENTS: {*WRITES, "documentarian"},
    access.FREEZES: {"steward", "ethics_officer"},
    access.EVALUATES: {*WRITES, "expert", "ethics_officer", "administrator", "stranger"},
    access.TRAIL: {"auditor", "ethics_officer", "administrator"},
    access.POLICY: {"auditor", "ethics_officer", "administrator", "steward", "stranger"},
    access.STANDARDS: {"auditor", "ethics_officer", "administrator", "steward", "documentarian", "stranger"},
    access.CONFIG: {"auditor", "administrator"},
    access.STEWARDS: {"steward", "stranger"},
    access.HANDS_OVER: {"administrator", "steward", "stranger"},
    access.ADMIN: {"administrator"},
    access.CONFIRMS: {"administrator", "ethics_officer", "steward", "stranger"},
    access.NOBODY: set(),
    access.SETUP: set(),
}
NEEDS_MORE = {
    "root",
    "admin:login",
    "admin:sign-in-code",
    "admin:single-sign-on",
    "admin:single-sign-on-back",
    "admin:set-password",
    "admin:logout",
    "admin:autocomplete",
    "admin:draft-preview",
    "admin:merge",
    "admin:trail-check",
    "admin:trail-checkpoint",
    "admin:identity_serviceaccount_revoke",
}
"""Opening these says nothing about rights: they take a form, a question or a checkpoint."""


def _named():
    return sorted({name for name, _ in addresses() if name and not name.startswith("api-")})


def test_every_address_stands_in_the_table():
    table = access.table()
    missing = []
    for name, path in addresses():
        is_program = path.startswith(tuple(access.PROGRAMS))
        rest = path.startswith("admin/") and not name
        if not (name in table or is_program or rest):
            missing.append(name or path)
    assert missing == []


def test_the_table_names_no_address_that_is_gone():
    assert sorted(set(access.table()) - set(_named())) == []


def test_every_registered_model_stands_in_the_table():
    registered = {model._meta.label_lower.replace(".", "_") for model in admin.site._registry}
    assert registered == set(access.MODELS)


@pytest.fixture
def stage(people, bank, factory):
    return build(people, bank, factory)


def _client(people, who):
    client = Client()
    client.force_login(getattr(people, who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _let_in(answer):
    to_login = answer.status_code == 302 and "/login/" in answer["Location"]
    return answer.status_code in {200, 302, 405} and not to_login


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.requirement("21-cfr-11/10-d", "soc-2/cc6-1", "iso-42001/a-3-2")
def test_each_person_opens_exactly_what_the_table_says(stage, people, who):
    client, table = _client(people, who), access.table()
    wrong = []
    for name in sorted(set(table) - NEEDS_MORE):
        answer = client.get(stage.url(name))
        if _let_in(answer) != (who in ALLOWED[table[name]]):
            wrong.append((name, table[name], answer.status_code))
        elif not _let_in(answer) and answer.status_code not in {403, 404}:
            wrong.append((name, "neither 403 nor 404", answer.status_code))
    assert not wrong, wrong


@pytest.mark.parametrize("who", ["anonymous", "leaver"])
def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(stage, people, who):
    client = Client() if who == "anonymous" else _client(people, who)
    wrong = []
    for name, kind in sorted(access.table().items()):
        if kind in {access.OPEN, access.SETUP} or name == "admin:logout":
            continue
        answer = client.get(stage.url(name))
        if answer.status_code != 302 or "/admin/login/" not in answer["Location"]:
            wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.requirement("21-cfr-11/10-d")
def test_what_a_stranger_may_not_see_answers_as_what_does_not_exist(stage, people):
    client = _client(people, "stranger")
    prompt = stage.rows["prompt"]
    there, nowhere = client.get(stage.url("admin:prompt")), client.get("/admin/prompts/999999/")
    assert there.status_code == nowhere.status_code == 404
    assert prompt.name not in there.content.decode()


@pytest.mark.parametrize("role", sorted(NAVIGATION))
def test_every_entry_of_the_sidebar_opens_for_its_role(people, role):
    from portal.frame import sidebar

    names = {"domain-expert": "expert", "documentation-specialist": "documentarian", "engineer": "author"}
    who = names.get(role, role.replace("-", "_"))
    groups = sidebar(people.actor(who), "/admin/")
    lines = [line for group in groups for line in group.entries]
    assert len(groups) <= 3
    assert all(len(group.entries) <= 7 for group in groups)
    assert len(lines) == sum(len(entries) for _, entries in NAVIGATION[role])
    client = _client(people, who)
    assert [line.url for line in lines if client.get(line.url).status_code != 200] == []
