"""Whoever owns a PostgreSQL can switch triggers off and empty tables at once; the verification names it."""

import pytest
from django.db import connection

from audits.identity.actors import Actor
from audits.identity.models import Team
from audits.identity.services.people import create_team
from audits.ledger.models import Event
from audits.ledger.services import integrate
from audits.ledger.verification import FirstBad, verify
from tests.ledger.helpers import behind_the_back

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL knows TRUNCATE"),
]


@pytest.fixture
def log(ten: None) -> None:
    """Ten entries in the signed tree."""
    integrate()
    assert verify().ok


def first_bad() -> FirstBad:
    report = verify()
    assert not report.ok
    assert report.first_bad is not None
    return report.first_bad


@pytest.mark.requirement("21-cfr-11/10-a", "sec-17a-4/f-2-ii")
@pytest.mark.parametrize("tables", ["ledger_event CASCADE", "ledger_leaf", "ledger_node"])
def test_an_emptied_table_of_the_log_is_named(log: None, tables: str) -> None:
    behind_the_back(f"TRUNCATE {tables}")
    bad = first_bad()
    assert bad.kind == "node"
    assert bad.position is not None


def test_emptied_entries_are_said_to_be_missing(log: None) -> None:
    behind_the_back("TRUNCATE ledger_event CASCADE")
    assert not Event.objects.exists()
    assert first_bad().reason == "the tree has nodes for entries that are gone"


@pytest.mark.requirement("21-cfr-11/10-e")
def test_an_emptied_history_is_named_row_by_row(db: None, house: None, shell: Actor) -> None:
    team = create_team(actor=shell, name="Bank")
    integrate()
    assert verify().ok
    behind_the_back("TRUNCATE identity_historicalteam")
    bad = first_bad()
    assert bad.kind == "row"
    assert bad.subject.startswith("identity_historicalteam ")
    assert Team.objects.get() == team
