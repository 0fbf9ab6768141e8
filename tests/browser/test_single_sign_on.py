"""Signing in and signing by way of the provider, in Chromium, with both servers as they are in use."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.runtime import services
from portal.runtime.children import Spec
from prompts.lifecycle.models import SignOff
from tests.factories import Factory
from tests.fixtures.processes import Process, Server, free_port
from tests.fixtures.provider import CLIENT, SECRET, Provider
from tests.people import People
from tests.single_sign_on.visitor import knows

pytestmark = [pytest.mark.browser, pytest.mark.worker]


@pytest.fixture
def portal(
    transactional_db: None,
    real_broker: Process,
    process_env: dict[str, str],
    provider: Provider,
    tmp_path: Path,
) -> Iterator[Server]:
    """Granian with the portal, configured for the provider."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    oidc = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    env = {**process_env, **oidc, "OIDC_NAME": "Example ID", "PUBLIC_URL": url, "PORT": str(port)}
    spec = Spec("web", services.web("127.0.0.1", port).argv, env={**env, "WEB_WORKERS": "1"})
    ready = lambda: services.is_healthy("127.0.0.1", port)  # noqa: E731  short as it is
    server = Server(spec, tmp_path / "web.log", ready, url=url)
    server.start()
    yield server
    server.kill(signal.SIGTERM)


def seen(page: Page, name: str) -> None:
    """Keeps a picture where `SCREENSHOTS` names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_steward_signs_in_and_signs_by_way_of_the_provider(
    people: People, factory: Factory, provider: Provider, portal: Server, page: Page
) -> None:
    asked = factory.submitted()
    knows(provider, people.steward)
    page.goto(f"{portal.url}/admin/desk/{asked.pk}/")
    seen(page, "login")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.get_by_role("button", name="I am sten").click()
    page.get_by_label("Sign this version").check()
    page.get_by_label("Meaning of the signature").select_option(index=1)
    seen(page, "desk")
    page.get_by_role("button", name="Sign version").click()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You did not go through with it")
    seen(page, "desk-no")
    page.get_by_role("button", name="Sign version").click()
    expect(page.get_by_role("heading", name="The provider")).to_be_visible()
    page.get_by_role("button", name="I am sten").click()
    expect(page.get_by_text("You signed: Ready for use under my stewardship.")).to_be_visible()
    seen(page, "desk-signed")
    assert SignOff.objects.get().authenticated_by == "sso"
    page.goto(f"{portal.url}/admin/account/")
    seen(page, "account")
