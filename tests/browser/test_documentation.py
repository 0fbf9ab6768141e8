"""From the work list to a signed prompt card, with clicks in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from prompts.lifecycle.models import DocumentationSignature
from tests.documented import WHOLE
from tests.factories import Factory
from tests.fixtures.processes import Server
from tests.people import PASSWORD, People

pytestmark = [pytest.mark.browser, pytest.mark.worker]


@pytest.fixture
def desk(page: Page, real_server: Server) -> Page:
    """The documentation specialist's home page."""
    page.goto(f"{real_server.url}/")
    page.get_by_label("Username").fill("doku")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_what_is_missing_is_written_and_the_card_signed(people: People, factory: Factory, desk: Page) -> None:
    factory.released(name="bank/letter", owner=people.steward, **{**WHOLE, "limits": ""})
    desk.get_by_role("link", name="Undocumented").first.click()
    desk.get_by_role("link", name="known limits").click()
    desk.get_by_label("Known limits").fill("Knows only the reasons it is handed.")
    desk.get_by_role("button", name="Save the description").click()
    desk.get_by_role("link", name="Undocumented").first.click()
    desk.locator("#unsigned").get_by_role("link", name="letter").click()
    desk.get_by_label("Your password, once more").fill(PASSWORD)
    desk.get_by_role("button", name="Sign the documentation").click()
    expect(desk.locator("#signed")).to_contain_text("Documentation signed by Doku")
    signed = DocumentationSignature.objects.get()
    assert signed.documentation["limits"] == "Knows only the reasons it is handed."
    desk.emulate_media(media="print")
    expect(desk.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(desk.get_by_role("heading", name="letter")).to_be_visible()
