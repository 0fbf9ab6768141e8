"""Browsers of people, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.people import People


@pytest.fixture
def as_person(people: People) -> Callable[[str], Client]:
    """``as_person("auditor")`` is a client with that person's session."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(people, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
