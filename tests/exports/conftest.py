"""What the tests of exports share."""

from collections.abc import Callable

import pytest
from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.events import KEY_CREATED
from audits.ledger.models import Event
from audits.ledger.services import record

Recorder = Callable[..., Event]


@pytest.fixture
def happened(db: None) -> Recorder:
    """Records an event about a subject, with whatever reason and payload."""

    def record_one(subject: str, subject_type: str = "prompt", **rest: object) -> Event:
        with transaction.atomic():
            return record(
                event=KEY_CREATED, actor=Actor.shell(), subject_type=subject_type, subject=subject, **rest
            )

    return record_one
