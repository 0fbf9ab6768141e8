"""An endpoint that leads to the stub server."""

import pytest

from audits.notices.models import Delivery
from audits.notices.services.deliveries import envelope
from audits.notices.services.endpoints import create_endpoint
from tests.people import SHELL


@pytest.fixture
def made(people, stub_server):
    """The endpoint ``hook`` with its secret."""
    return create_endpoint(
        actor=SHELL,
        name="hook",
        url=f"{stub_server.url}/in",
        kinds=["releases.release.made"],
        owner=people.administrator,
        all_collections=True,
    )


@pytest.fixture
def hook(made):
    """The endpoint itself."""
    return made.endpoint


@pytest.fixture
def message(hook):
    """Queues messages for it."""

    def add(number: int = 1) -> Delivery:
        from django.utils import timezone

        body = envelope("releases.release.made", timezone.now(), {"number": number})
        return Delivery.objects.create(endpoint=hook, kind="releases.release.made", body=body)

    return add
