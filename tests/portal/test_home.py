"""The home page: work of the person's own roles, nothing about what the person may not see."""

import re

import pytest
from django.test import Client

from audits.identity.services.people import create_team, create_user
from portal.selectors.home.record import people_without_role
from tests.people import PASSWORD, SHELL

ROLES = (
    "author",
    "steward",
    "expert",
    "ethics_officer",
    "documentarian",
    "auditor",
    "administrator",
    "stranger",
)


def _home(people, who):
    client = Client()
    client.force_login(getattr(people, who), backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/admin/")


@pytest.fixture
def busy(factory):
    """A draft, a version at the desk and a released one."""
    factory.draft(name="bank/draft-letter")
    return factory.submitted(name="bank/waiting-letter", risk_tier="high")


@pytest.mark.parametrize("who", ROLES)
def test_each_role_has_a_home_with_at_most_one_primary_button(busy, people, who):
    answer = _home(people, who)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert len(re.findall(r'class="btn primary', html)) <= 1
    assert html.count('<div class="k">') <= 5


def test_a_signer_sees_what_waits_and_the_same_number_in_the_sidebar(busy, people):
    html = _home(people, "ethics_officer").content.decode()
    assert "waiting-letter" in html
    assert "One sign-off waits for you" in html
    assert 'aria-label="1 waiting for you"' in html


def test_an_author_finds_drafts_and_submissions(busy, people):
    html = _home(people, "author").content.decode()
    assert "draft-letter" in html
    assert "Ethics officer" in html


def test_an_author_is_not_told_to_sign_what_he_wrote(busy, people):
    people.author.groups.add(*people.ethics_officer.groups.all())
    assert "Nothing waits for your signature." in _home(people, "author").content.decode()


def test_a_stranger_learns_nothing_of_the_bank(busy, people):
    html = _home(people, "stranger").content.decode()
    assert "letter" not in html
    assert "bank/" not in html


@pytest.mark.parametrize("who", ["author", "ethics_officer", "steward"])
def test_more_work_costs_no_more_queries(factory, people, who, django_assert_max_num_queries):
    for number in range(4):
        factory.submitted(name=f"bank/letter-{number}", risk_tier="high")
    with django_assert_max_num_queries(76):
        _home(people, who)


@pytest.mark.parametrize("who", ROLES)
def test_no_page_of_the_frame_carries_a_script_or_a_handler_of_ours(busy, people, who):
    html = _home(people, who).content.decode()
    inline = [tag for tag in re.findall(r"<script[^>]*>", html) if " src=" not in tag]
    assert inline == []
    assert not re.search(r"\son(click|load|error|submit|input)=", html)


def test_the_answer_is_not_kept_by_caches_and_carries_the_policy(busy, people):
    answer = _home(people, "author")
    assert "no-store" in answer["Cache-Control"]
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_who_has_a_team_and_no_role_is_told_to_the_administrator(people):
    newcomer = create_user(actor=SHELL, username="newt", full_name="Newt", password=PASSWORD)
    create_team(actor=SHELL, name="New", members=[newcomer])
    assert list(people_without_role()) == [newcomer]
