"""Two people break the glass for a shut gate, and a third one looks at it later, with clicks in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from audits.identity.models import User
from prompts.releases.models import Emergency, Release
from prompts.releases.services.gate_policies import set_gate
from tests.factories import Factory
from tests.fixtures.processes import Server
from tests.people import PASSWORD, SHELL, People

pytestmark = [pytest.mark.browser, pytest.mark.worker]


@pytest.fixture
def as_person(page: Page, real_server: Server) -> Callable[[User], Page]:
    """Signs somebody in through the log-in page, in place of whoever was there."""

    def sign_in(user: User) -> Page:
        page.context.clear_cookies()
        page.goto(f"{real_server.url}/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
        return page

    return sign_in


def test_the_glass_is_broken_by_two_and_looked_at_by_a_third(
    people: People, factory: Factory, as_person: Callable[[User], Page], real_server: Server
) -> None:
    set_gate(
        actor=SHELL, environment="production", emergency_roles=["ethics-officer", "steward"],
        emergency_hours=8, review_hours=24,
    )  # fmt: skip
    version = factory.submitted(name="bank/letter").version

    page = as_person(people.steward)
    page.goto(
        f"{real_server.url}/admin/prompts/{version.prompt_id}/release/?version=1&environment=production"
    )
    page.get_by_role("link", name="Break the glass…").click()
    expect(page.get_by_role("heading", name="What would be broken")).to_be_visible()
    page.get_by_label("For how many hours, at most 8").fill("2")
    page.get_by_label("Why it cannot wait").fill("The live text names a wrong rate.")
    page.get_by_role("button", name="Ask to break the glass").click()
    expect(page.get_by_text("It is live as soon as the second person confirms it.")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    address = page.url

    page = as_person(people.ethics_officer)
    page.goto(address)
    page.get_by_role("button", name="Confirm: put it live for 2 hours").click()
    expect(page.get_by_text("A third person looks at it by")).to_be_visible()
    expect(page.get_by_role("button", name="Put it on record")).to_have_count(0)
    live = Release.objects.get(state="live")
    assert (live.version, live.is_emergency) == (version, True)

    page = as_person(people.expert)
    page.locator(".strip", has_text="Emergency release").get_by_role("link").click()
    page.get_by_label("justified", exact=True).check()
    page.get_by_label("What you found, and what follows from it").fill("The rate was wrong indeed.")
    page.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_text("looked at it: justified. The rate was wrong indeed.")).to_be_visible()
    row = Emergency.objects.get()
    assert (row.reviewed_by, row.frozen_at) == (people.expert, None)
