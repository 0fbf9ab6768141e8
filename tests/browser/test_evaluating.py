"""Suites, runs and what is compared, with clicks in Chromium."""

from datetime import time

import pytest
from playwright.sync_api import Page, expect

from prompts.evaluations.models import Case, Schedule
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.schedules import save_schedule
from prompts.evaluations.services.suites import create_suite
from tests.factories import Factory
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


def test_on_a_phone_a_list_tells_its_columns_as_their_headings_do(
    bank, engineer: Page, real_server: Server
) -> None:
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    save_case(actor=SHELL, suite_id=suite.pk, name="first")
    engineer.set_viewport_size({"width": 390, "height": 844})
    engineer.goto(f"{real_server.url}/admin/evaluations/case/")
    row = engineer.locator("#result_list tbody tr")
    labels = row.locator("[data-label]").evaluate_all(
        "cells => cells.filter(cell => cell.offsetParent).map(cell => cell.dataset.label)"
    )
    assert labels == ["Name", "Suite", "Weight", "In use"]


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


def test_a_case_is_written_without_json_and_a_schedule_without_cron(
    bank, factory: Factory, engineer: Page
) -> None:
    factory.approved(name="bank/letter")
    create_provider(actor=SHELL, name="answers", kind="recorded")
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    save_case(actor=SHELL, suite_id=suite.pk, name="first", vars={"customer": "Ada", "amount": 5})
    engineer.get_by_role("link", name="Suites").first.click()
    engineer.get_by_role("link", name="loans", exact=True).click()
    engineer.get_by_role("link", name="New case").click()
    expect(engineer.get_by_label("Row 1: name of the variable")).to_have_value("customer")
    engineer.locator("#id_name").fill("second")
    engineer.get_by_label("Row 1: its value").fill("Nora")
    engineer.get_by_label("Row 1: what must hold").select_option(label="contains, in any case")
    engineer.get_by_label("Row 1: compared with").fill("dear nora")
    engineer.get_by_role("button", name="Create the case").click()
    expect(engineer.get_by_role("link", name="second", exact=True)).to_be_visible()
    made = Case.objects.get(name="second")
    assert made.vars == {"customer": "Nora"}
    assert made.assertions == [{"type": "icontains", "value": "dear nora"}]

    engineer.goto(f"{engineer.url.split('/admin/')[0]}/admin/evaluations/schedule/add/")
    engineer.locator("#id_name").fill("weekly")
    for field, name in (("prompt", "letter"), ("suite", "loans")):
        engineer.locator(f"#id_{field} + .select2").click()
        engineer.locator(".select2-search__field").last.fill(name)
        engineer.locator(".select2-results__option--highlighted", has_text=name).click()
    engineer.locator("#id_provider").select_option(label="answers")
    engineer.locator("#id_rhythm").select_option("weekly")
    engineer.get_by_label("Monday").check()
    engineer.get_by_label("Time zone").select_option("Europe/Zurich")
    engineer.get_by_role("button", name="Create the schedule").click()
    expect(engineer.get_by_text("Monday at 09:00 (Europe/Zurich)")).to_be_visible()
    assert Schedule.objects.get(name="weekly").suite == suite


def test_a_schedule_rests_and_goes_on_by_one_tick(
    bank, factory: Factory, engineer: Page, people: People, real_server: Server
) -> None:
    version = factory.approved(name="bank/letter")
    provider = create_provider(actor=SHELL, name="answers", kind="recorded")
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    schedule = save_schedule(
        actor=people.actor("engineer"), name="nightly", prompt_id=version.prompt_id, suite_id=suite.pk,
        provider_id=provider.pk, rhythm="daily", every_days=1, at=time(2, 30), time_zone="UTC",
    )  # fmt: skip
    engineer.goto(f"{real_server.url}/admin/evaluations/schedule/")
    expect(engineer.get_by_text("every day at 02:30 (UTC)")).to_be_visible()
    for rests in (True, False):
        engineer.get_by_role("row", name="nightly").get_by_role("link", name="nightly").click()
        engineer.get_by_label("In use").set_checked(not rests)
        engineer.get_by_role("button", name="Save").first.click()
        expect(engineer.get_by_text("was changed successfully")).to_be_visible()
        schedule.refresh_from_db()
        assert schedule.is_active is not rests
        expect(engineer.get_by_text("02:30 UTC")).to_have_count(0 if rests else 1)
