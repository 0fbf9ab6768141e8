"""Holds and erasures at once, on PostgreSQL: what was placed holds, and nothing is erased twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audits.exports.held import holds
from audits.exports.models import Retention
from audits.exports.periods import Period
from audits.exports.services import retain as retaining
from audits.exports.services.holds import place_hold
from audits.exports.services.retain import retain
from audits.exports.services.retention import confirm_retention, set_retention
from audits.ledger.models import Erasure, Event
from audits.ledger.services import integrate
from audits.ledger.verification import verify
from tests.ledger.helpers import write_events
from tests.people import SHELL

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
KIND = "identity.key.created"


@pytest.fixture(autouse=True)
def _on_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")


def at_once(*works: Callable[[], object]) -> list[threading.Thread]:
    """Starts each in a thread with a connection of its own."""

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    return threads


def test_a_hold_waits_for_the_erasure_that_has_begun_and_holds_for_the_next(people) -> None:
    auditor, order, begun, go_on = people.actor("auditor"), [], threading.Event(), threading.Event()

    def erase() -> None:
        with transaction.atomic():
            assert holds() == {}
            begun.set()
            go_on.wait(20)
            order.append("erased")

    def place() -> None:
        place_hold(actor=auditor, scope="everything", name="", reason="A claim.", reference="C-1")
        order.append("held")

    (first,) = at_once(erase)
    begun.wait(20)
    (second,) = at_once(place)
    second.join(0.5)
    assert second.is_alive()
    go_on.set()
    first.join(20)
    second.join(20)
    assert order == ["erased", "held"]
    with transaction.atomic():
        assert len(holds()) == 1


def test_two_workers_erase_each_entry_once(people, monkeypatch) -> None:
    write_events(SHELL, 40)
    integrate(wait=True)
    monkeypatch.setattr(retaining, "MOST", 5)
    agreed(people)
    later = timezone.now() + timedelta(days=400)
    for thread in at_once(*[lambda: retain(now=later)] * 3):
        thread.join(60)
    gone = Event.objects.filter(event=KIND, payload__isnull=True).count()
    assert gone == Erasure.objects.count() >= 40
    integrate(wait=True)
    assert verify().ok


def agreed(people) -> Retention:
    """A year, as two people set it."""
    change = set_retention(
        actor=people.actor("administrator"), kind=KIND, period=Period(1, "year"), reason="So."
    )
    return confirm_retention(actor=people.actor("steward"), change_id=change.pk)
