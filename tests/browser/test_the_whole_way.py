"""One prompt's way with clicks, in Chromium, against the real server and the real worker."""

import base64
import json
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from audits.identity.actors import Actor
from audits.identity.models import ServiceAccount
from audits.identity.services.keys import create_key
from prompts.evaluations.models import Provider, Suite
from prompts.evaluations.providers import Answer
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.registry.models import Collection, Prompt
from prompts.releases.services.attempt import attempt_release
from prompts.releases.services.gate_policies import set_gate_suite
from tests.factories import Factory
from tests.fixtures.processes import Process, Server
from tests.people import PASSWORD, SHELL, People

pytestmark = [pytest.mark.browser, pytest.mark.worker]
NAME = "bank/credit-letter"
COUNT = """
addEventListener("pointerdown", () => window.counted(), true);
addEventListener("change", (event) => event.target.matches("select") && window.counted(), true);
"""
"""A click is a press of the mouse, or a choice in a list."""
TEXT = "Explain to {{customer}} why the loan was declined."
ANSWER = "Dear A. Berg, the income is below what this loan asks for."


@pytest.fixture
def evidence(people: People, shell: Actor) -> Provider:
    """A suite with one case, and the recorded answer to it."""
    suite = create_suite(actor=shell, name="letters", collection=Collection.objects.get(slug="bank"))
    assertions = [{"type": "icontains", "value": "income"}]
    save_case(
        actor=shell, suite_id=suite.pk, name="names-it", vars={"customer": "A. Berg"}, assertions=assertions
    )
    provider = create_provider(actor=shell, name="recorded", kind="recorded")
    asked = [{"role": "text", "content": TEXT.replace("{{customer}}", "A. Berg")}]
    record_answers(actor=shell, provider_id=provider.pk, answers=[(asked, Answer(ANSWER, label="test"))])
    return provider


@pytest.fixture
def as_person(page: Page, real_server: Server) -> Callable[[str], Page]:
    """Signs somebody in through the log-in page, after signing out whoever was there."""

    def sign_in(username: str) -> Page:
        page.context.clear_cookies()
        page.goto(f"{real_server.url}/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good")
        return page

    return sign_in


@pytest.fixture
def clicks(page: Page) -> Counter[str]:
    """How often was clicked since it was cleared."""
    counted: Counter[str] = Counter()
    page.expose_function("counted", lambda: counted.update(["clicks"]))
    page.add_init_script(COUNT)
    return counted


def open_prompt(page: Page, tab: str) -> None:
    """From wherever one is: the list, the prompt, the tab."""
    page.get_by_role("link", name="Prompts").first.click()
    page.get_by_role("link", name="credit-letter").first.click()
    page.get_by_role("navigation", name="Parts of this prompt").get_by_role("link", name=tab).click()


def write_and_submit(page: Page) -> None:
    page.get_by_role("link", name="Prompts").first.click()
    page.get_by_role("link", name="Write a prompt").first.click()
    page.get_by_label("Name", exact=True).fill("credit-letter")
    page.get_by_label("First text").fill("To be written.")
    page.get_by_label("Purpose").fill("Explains a decision.")
    page.get_by_text("Documentation, which can follow").click()
    page.get_by_label("Not for").fill("Legal advice.")
    page.get_by_label("Risk tier").select_option("high")
    page.get_by_role("button", name="Create the draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("version 1")
    page.get_by_label("Text", exact=True).fill(TEXT)
    expect(page.locator("#samples")).to_contain_text("customer")
    page.get_by_label("Why this version is wanted").fill("Letters must name the reason.")
    page.get_by_role("button", name="Save and submit version 1").click()
    expect(page.locator("body")).to_contain_text("Awaiting approval")


def run_the_suite(page: Page) -> None:
    open_prompt(page, "Evaluations")
    page.get_by_label("Suite").select_option(label="letters")
    page.get_by_role("checkbox", name="local").uncheck()
    page.get_by_role("checkbox", name="recorded").check()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("main")).to_contain_text("100.0 %", timeout=30_000)
    expect(page.locator("main")).to_contain_text("names-it")


def sign(page: Page, meaning: str) -> None:
    page.get_by_role("link", name="Approval desk").first.click()
    page.get_by_role("link", name="credit-letter").first.click()
    expect(page.locator("main")).to_contain_text("100.0")
    page.wait_for_load_state()  # else the script that hears the key is not there yet
    page.keyboard.press("d")
    expect(page.locator("#check-diff")).to_contain_text("opened")
    page.get_by_label("Sign this version").check()
    page.get_by_label("Meaning of the signature").select_option(label=meaning)
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Sign version 1").click()
    expect(page.locator("main")).to_contain_text(meaning)


def open_stage(page: Page, link: str) -> None:
    """What the prompt's page offers at production."""
    page.get_by_role("link", name="Prompts").first.click()
    page.get_by_role("link", name="credit-letter").first.click()
    page.get_by_role("link", name=link).last.click()


def release(page: Page) -> None:
    open_stage(page, "Release a version here")
    expect(page.locator("main")).to_contain_text("Open")
    page.get_by_label("Why now").fill("Signed by both.")
    page.get_by_role("button", name="Release to production").click()
    expect(page.locator("main")).to_contain_text("Released")


def roll_back(page: Page) -> None:
    open_stage(page, "roll back to 1")
    page.locator("#back-reason").fill("The new words confuse people.")
    page.get_by_role("button", name="Roll back production").click()
    expect(page.locator("main")).to_contain_text("production went back to version 1")


def release_another(factory: Factory, provider: Provider, suite: Suite) -> None:
    """Version 2, by others and without clicks."""
    prompt = Prompt.objects.get(name=NAME)
    version = factory.approved(factory.next_draft(prompt, text="Say no to {{customer}}."))
    asked = [{"role": "text", "content": "Say no to A. Berg."}]
    record_answers(actor=SHELL, provider_id=provider.pk, answers=[(asked, Answer(ANSWER, label="test"))])
    actor = factory.people.actor("engineer")
    run = start_run(actor=actor, version_id=version.pk, suite_id=suite.pk, providers=[provider])
    work_on_run(run_id=run.pk)
    attempt_release(
        actor=factory.people.actor("steward"), version_id=version.pk, environment="production", reason="New."
    )


def fetched(url: str, shell: Actor) -> dict[str, Any]:
    """What a new application gets."""
    environments = {"environments": ["production"], "protected_environments": ["production"]}
    name = f"letter-desk-{ServiceAccount.objects.count()}"
    key = create_key(actor=shell, name=name, collections=["bank"], **environments)
    pair = base64.b64encode(f"{key.public_key}:{key.secret_key}".encode()).decode()
    address = f"{url}/api/public/v2/prompts/bank%2Fcredit-letter"
    request = urllib.request.Request(address, headers={"Authorization": f"Basic {pair}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read())  # type: ignore[no-any-return]


def test_a_prompt_goes_the_whole_way_with_clicks(
    real_worker: Process,
    real_server: Server,
    evidence: Provider,
    as_person: Callable[[str], Page],
    shell: Actor,
    factory: Factory,
    clicks: Counter[str],
) -> None:
    page = as_person("ada")
    clicks.clear()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    write_and_submit(page)
    run_the_suite(page)
    told = {"engineer": clicks.total()}
    suite = evidence.results.get().run.suite
    set_gate_suite(
        actor=shell,
        environment="production",
        suite=suite,
        prompt=Prompt.objects.get(name=NAME),
        least_pass_rate="1",
        allows_recorded=True,
    )
    as_person("dora")
    sign(page, "Correct and safe for the intended use")
    as_person("etta")
    sign(page, "Examined for bias and harm")
    as_person("sten")
    clicks.clear()
    release(page)
    told["steward"] = clicks.total()
    assert fetched(real_server.url, shell)["prompt"] == TEXT
    release_another(factory, evidence, suite)
    assert fetched(real_server.url, shell)["version"] == 2
    as_person("emil")
    clicks.clear()
    roll_back(page)
    told["engineer, to roll back"] = clicks.total()
    assert fetched(real_server.url, shell)["prompt"] == TEXT
    sys.stdout.write("clicks: " + ", ".join(f"{who} {count}" for who, count in told.items()) + "\n")
    as_person("audra")
    page.get_by_role("link", name="Audit trail").first.click()
    expect(page.locator("main")).to_contain_text("Released")
    page.get_by_role("button", name="Export the entries").click()
    ready = page.get_by_role("link", name="Download").first
    expect(ready).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        ready.click()
    text = download.value.path().read_text(encoding="utf-8")
    assert f"{NAME}@1 to production" in text
    assert complaints == []
