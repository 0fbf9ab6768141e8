"""What the tests of the ledger share."""

import pytest

from audits.identity.actors import Actor
from tests.ledger.helpers import write_events


@pytest.fixture
def ten(db: None, shell: Actor) -> None:
    """Ten events, not yet in the tree."""
    write_events(shell, 10)
