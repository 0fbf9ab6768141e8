"""The browser with which pages are tested."""

import pytest
from playwright.sync_api import Page

from tests.fixtures.stub import Answer, Stub


@pytest.mark.browser
def test_chromium_shows_a_page(page: Page, stub_server: Stub) -> None:
    html = b"<title>a page</title><button onclick=\"document.title='clicked'\">go</button>"
    stub_server.answer("/", Answer(html, headers={"Content-Type": "text/html"}))
    page.goto(stub_server.url)
    page.get_by_role("button").click()
    assert page.title() == "clicked"
