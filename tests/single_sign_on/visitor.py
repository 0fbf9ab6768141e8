"""A browser that goes to the provider and comes back."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from audits.identity.models import ExternalIdentity
from tests.fixtures.provider import Provider
from tests.people import PASSWORD

START, BACK = "/admin/login/sso/", "/admin/login/sso/back/"


def path_of(address: str) -> str:
    """The address without its host, for the test client."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Visitor:
    """``client`` is the browser at the portal."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.client = provider, Client()

    def leave(self, way_on: str = "") -> str:
        """Begins to sign in; the address at the provider."""
        return str(self.client.get(START, {"next": way_on} if way_on else {})["Location"])

    def arrive(self, back: str) -> Any:
        """Comes back at this address."""
        return self.client.get(path_of(back))

    def sign_in(self, who: str, way_on: str = "", **sent: Any) -> Any:
        """All of it."""
        return self.arrive(self.provider.log_in(self.leave(way_on), who, **sent))

    def with_password(self, who: str) -> "Visitor":
        """Signs in with name and password."""
        self.client.post("/admin/login/", {"username": who, "password": PASSWORD})
        return self

    @property
    def is_in(self) -> bool:
        """Whether the portal knows who this is."""
        return bool(self.client.get("/admin/account/").status_code == 200)


def knows(provider: Provider, user: Any, **claims: Any) -> None:
    """The provider has an account for this person, who is connected with it."""
    account = provider.knows(user.username, **claims)
    ExternalIdentity.objects.create(
        user=user, issuer=provider.url, subject=account.sub, connected_by="the test"
    )
