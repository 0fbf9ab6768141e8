"""A signature at the desk with the keyboard alone, and one by a delegate, in Chromium."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from audits.identity.models import User
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.services.delegate import delegate
from prompts.registry.models import Collection
from tests.factories import Factory
from tests.fixtures.processes import Server
from tests.people import PASSWORD, People
from tests.portal.failing import a_run, a_suite

pytestmark = [pytest.mark.browser, pytest.mark.worker]
SHUT = "Opens when all failures have been opened."


@pytest.fixture
def asked(people: People, factory: Factory) -> ApprovalRequest:
    """A high-risk version against a live one, with two failing cases."""
    live = factory.released(name="bank/letter", risk_tier="high")
    request = factory.submitted(factory.next_draft(live.prompt, text="Another text."))
    suite = a_suite(Collection.objects.get(slug="bank"), "kind", "safe-words")
    a_run(live, suite, kind="pass", safe_words="pass")
    a_run(request.version, suite, kind="fail", safe_words="fail")
    return request  # type: ignore[no-any-return]


@pytest.fixture
def as_person(page: Page, real_server: Server) -> Callable[[User], Page]:
    """Signs somebody in through the log-in page."""

    def sign_in(user: User) -> Page:
        page.goto(f"{real_server.url}/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
        return page

    return sign_in


def press(page: Page, key: str) -> None:
    """A key, once the page has loaded the script that hears it."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def decide_by_keys(page: Page) -> None:
    """From the panel: sign, the first meaning, the password; nothing but keys."""
    page.get_by_label("Sign this version").focus()
    page.keyboard.press("Space")
    page.get_by_label("Meaning of the signature").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Your password, once more").focus()
    page.keyboard.type(PASSWORD)


def test_a_signer_opens_everything_and_signs_by_keyboard(
    people: People, asked: Any, as_person: Callable[[User], Page], real_server: Server
) -> None:
    page = as_person(people.expert)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{real_server.url}/admin/desk/{asked.pk}/")
    button = page.locator("#decide")
    expect(button).to_have_attribute("aria-disabled", "true")
    press(page, "d")
    press(page, "j")
    expect(page.locator("tr[data-change]:focus")).to_be_visible()
    expect(page.locator("#check-diff")).to_contain_text("opened")
    decide_by_keys(page)
    expect(page.locator("#shut")).to_have_text(SHUT)
    button.focus()
    page.keyboard.press("Enter")
    assert not SignOff.objects.filter(request=asked).exists()
    page.locator("h1").click()
    press(page, "f")
    expect(page.get_by_role("heading", level=1)).to_have_text("safe-words")
    press(page, "f")
    expect(page.get_by_role("heading", level=1)).to_have_text("kind")
    press(page, "g")
    expect(page.locator("#decision")).to_contain_text("All failures opened")
    decide_by_keys(page)
    page.keyboard.press("Enter")
    expect(page.locator("#decision")).to_contain_text("looked for")
    assert SignOff.objects.get(request=asked).signer == people.expert
    assert complaints == []


def test_keys_that_are_switched_off_do_nothing(
    people: People, asked: Any, as_person: Callable[[User], Page], real_server: Server
) -> None:
    page = as_person(people.expert)
    page.evaluate("localStorage.setItem('imprimatur.keys', 'off')")
    page.goto(f"{real_server.url}/admin/desk/{asked.pk}/")
    press(page, "f")
    press(page, "j")
    expect(page.locator("tr[data-change]:focus")).to_have_count(0)
    assert page.url.endswith(f"/admin/desk/{asked.pk}/")


def test_a_delegate_signs_in_the_place_of_another(
    people: People, asked: Any, as_person: Callable[[User], Page], real_server: Server
) -> None:
    delegate(
        actor=people.actor("ethics_officer"),
        to=people.documentarian.username,
        role="ethics-officer",
        reason="Away.",
        ends_at=timezone.now() + timedelta(days=3),
        authenticated_by="password",
    )
    page = as_person(people.documentarian)
    page.get_by_role("link", name="Approval desk").first.click()
    expect(page.locator("main")).to_contain_text("Ethics officer, for Etta")
    page.get_by_role("link", name="letter").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bank/letter, version 2")
    for name in ("safe-words", "kind"):
        press(page, "f")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    press(page, "g")
    press(page, "d")
    expect(page.locator("#check-diff")).to_contain_text("opened")
    decide_by_keys(page)
    page.keyboard.press("Enter")
    expect(page.locator("#decision")).to_contain_text("Doku for Etta")
    assert SignOff.objects.get(request=asked).on_behalf_of == people.ethics_officer
