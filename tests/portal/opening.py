"""Opens and sends pages in somebody's name."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from audits.identity.models import User


class Desk:
    """A browser of its own for each person; addresses are told by name and arguments."""

    def __init__(self, people: Any) -> None:
        self._people = people

    def browser(self, who: str) -> Client:
        """A client that is signed in as one of ``people``."""
        user: User = getattr(self._people, who)
        client = Client()
        client.force_login(user)
        return client

    def get(self, who: str, name: str, /, *args: Any, **data: Any) -> HttpResponse:
        """The page of that name, seen by somebody."""
        return self.browser(who).get(reverse(f"admin:{name}", args=args), data)

    def post(self, who: str, name: str, /, *args: Any, **data: Any) -> HttpResponse:
        """A form sent to the page of that name by somebody."""
        return self.browser(who).post(reverse(f"admin:{name}", args=args), data)

    def text(self, who: str, name: str, /, *args: Any, **data: Any) -> str:
        """The page as text."""
        return self.get(who, name, *args, **data).content.decode()
