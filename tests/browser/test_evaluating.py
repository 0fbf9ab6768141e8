"""Suites, runs and what is compared, with clicks in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from prompts.evaluations.services.suites import create_suite
from tests.fixtures.processes import Server
from tests.people import PASSWORD, SHELL, People

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def signed_in(page: Page, name: str, server: Server) -> Page:
    """The home page of whoever has that name."""
    page.goto(f"{server.url}/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


@pytest.fixture
def engineer(page: Page, people: People, real_server: Server) -> Page:
    """An engineer's home page."""
    return signed_in(page, people.engineer.username, real_server)


@pytest.mark.parametrize("width", [1400, 390])
def test_a_marked_word_is_never_broken_in_two(bank, engineer: Page, real_server: Server, width: int) -> None:
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    engineer.set_viewport_size({"width": width, "height": 800})
    engineer.goto(f"{real_server.url}/admin/evaluations/suites/{suite.pk}/by-group/")
    words = engineer.get_by_text("[[nationality]]", exact=True)
    expect(words).to_be_visible()
    assert words.evaluate("word => { const all = document.createRange(); all.selectNodeContents(word);"
                          " return all.getClientRects().length }") == 1  # fmt: skip


def test_word_lists_are_written_in_letters_of_one_width(
    page: Page, people: People, real_server: Server
) -> None:
    signed_in(page, people.steward.username, real_server)
    page.goto(f"{real_server.url}/admin/evaluations/wordlist/add/")
    family = page.get_by_label("Lists").evaluate("field => getComputedStyle(field).fontFamily")
    assert (
        family
        == page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--mono')").strip()
    )
