"""A fragment's way with clicks: made, used twice, changed, its users seen, proposed anew, approved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from prompts.lifecycle.selectors import approvals_of
from prompts.registry.models import Prompt, Version
from tests.fixtures.processes import Server
from tests.people import PASSWORD, People

pytestmark = [pytest.mark.browser]


@pytest.fixture
def as_person(page: Page, people: People, real_server: Server) -> Callable[[str], Page]:
    """Signs somebody in through the log-in page."""

    def sign_in(username: str) -> Page:
        page.context.clear_cookies()
        page.goto(f"{real_server.url}/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
        return page

    return sign_in


def write(page: Page, name: str, kind: str, text: str) -> None:
    """A new prompt, submitted."""
    page.get_by_role("link", name="Prompts").first.click()
    page.get_by_role("link", name="Write a prompt").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Kind").select_option(kind)
    page.get_by_label("First text").fill("To be written.")
    page.get_by_label("Purpose").fill("Letters.")
    page.get_by_role("button", name="Create the draft").click()
    submit(page, text, 1)


def submit(page: Page, text: str, number: int) -> None:
    """Writes the draft that is open and submits it."""
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_label("Why this version is wanted").fill("It is needed.")
    page.get_by_role("button", name=f"Save and submit version {number}").click()
    expect(page.locator("body")).to_contain_text("Awaiting approval")


def change(page: Page, url: str, fragment: Prompt) -> None:
    """A second version of the fragment; the editor names who is touched."""
    page.goto(f"{url}/admin/prompts/{fragment.pk}/")
    expect(page.locator("#used-by")).to_contain_text("bank/first")
    page.get_by_role("button", name="Write version 2").click()
    touched = page.locator("#touched")
    expect(touched).to_contain_text("bank/first")
    expect(touched).to_contain_text("bank/second")
    submit(page, "Write kindly.\nAnd plainly.", 2)


def approve(page: Page, name: str, number: int) -> None:
    """The steward signs the version that waits at the desk."""
    page.get_by_role("link", name="Approval desk").first.click()
    page.get_by_role("link", name=f"{name}, version {number}").first.click()
    page.get_by_label("Sign this version").check()
    page.get_by_label("Meaning of the signature").select_option(index=1)
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name=f"Sign version {number}").click()
    expect(page.locator("main")).to_contain_text("Approved")


def remark_on(page: Page, url: str, prompt: Prompt) -> None:
    """A press on the second line of a text opens the form for that line."""
    page.goto(f"{url}/admin/prompts/{prompt.pk}/?tab=text")
    text = page.locator("#message-1")
    box = text.bounding_box()
    assert box is not None
    text.click(position={"x": 40, "y": box["height"] * 0.7})
    expect(page.get_by_label("Line")).to_have_value("2")
    page.get_by_label("Comment", exact=True).fill("Why plainly?")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#discussion")).to_contain_text("version 2, message 1, line 2")
    expect(page.locator("#discussion blockquote")).to_contain_text("And plainly.")


def test_a_fragment_is_changed_and_its_users_are_proposed_and_approved(
    as_person: Callable[[str], Page], real_server: Server
) -> None:
    page = as_person("ada")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    write(page, "tone", "fragment", "Write kindly.")
    write(page, "first", "text", "{{> bank/tone}} Dear {{customer}}.")
    write(page, "second", "text", "{{> bank/tone@1}} Good day.")
    change(page, real_server.url, Prompt.objects.get(name="bank/tone"))
    page.goto(f"{real_server.url}/admin/prompts/{Prompt.objects.get(name='bank/tone').pk}/")
    page.get_by_role("link", name="Propose new versions").click()
    page.get_by_role("button", name="Begin the chosen drafts").click()
    expect(page.locator("#done")).to_contain_text("Draft of version 2 was begun")
    drafts = Version.objects.drafts().order_by("prompt__name")
    assert [row.text for row in drafts] == [
        "{{> bank/tone}} Dear {{customer}}.",
        "{{> bank/tone@2}} Good day.",
    ]
    page.goto(f"{real_server.url}/admin/drafts/{drafts[0].pk}/")
    submit(page, drafts[0].text, 2)
    page.get_by_role("link", name="Fragments", exact=True).first.click()
    expect(page.locator("svg.graph")).to_contain_text("bank/second")
    remark_on(page, real_server.url, Prompt.objects.get(name="bank/tone"))
    as_person("sten")
    approve(page, "first", 2)
    approved = Version.objects.get(prompt__name="bank/first", number=2)
    assert approved.fragments[0]["version"] == 2
    assert approved.pk in approvals_of([approved])
    assert complaints == []
