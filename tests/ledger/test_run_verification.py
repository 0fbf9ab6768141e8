"""An interrupted verification goes on where it was, and says so; where anything is odd it begins anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.actors import Actor
from audits.ledger import progress
from audits.ledger.keys import key_file, signing_key
from audits.ledger.merkle import Frontier
from audits.ledger.models import Event, Verification
from audits.ledger.services import integrate
from audits.ledger.services.run_verification import MOST_LOST, Busy, give_up, run_verification
from tests.ledger.helpers import behind_the_back, write_events

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What ends the process in the middle."""


@pytest.fixture
def log(shell: Actor, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Twelve entries, read in pieces of two, whose progress is noted every four; a checkpoint at 5 and 12."""
    monkeypatch.setattr("audits.ledger.verification.PIECE", 2)
    monkeypatch.setattr("audits.ledger.services.run_verification.EVERY", 4)
    write_events(shell, 5)
    integrate()
    write_events(shell, 7)
    integrate()
    return list(Event.objects.order_by("id"))


def killed_at(size: int) -> Verification:
    def show(read: int) -> None:
        if read >= size:
            raise Killed

    with pytest.raises(Killed):
        run_verification(by="me", resume=False, show=show)
    return Verification.objects.get()


def test_one_that_runs_through_leaves_a_row_with_its_outcome(log: list[Event]) -> None:
    row, report, _ = run_verification(by="me", resume=False)
    assert (row.ok, row.entries, row.root, row.first_bad) == (True, 12, report.root, "")
    assert row.finished_at is not None
    assert report.as_dict()["resumed"] is None


def test_what_was_interrupted_goes_on_after_the_last_note(log: list[Event]) -> None:
    assert killed_at(10).size == 8
    read: list[int] = []
    row, report, why = run_verification(by="me", resume=True, show=read.append)
    assert (read, why) == ([10, 12], "")
    assert (row.ok, row.resumed_at, report.as_dict()["resumed"]["entries"]) == (True, 8, 8)
    assert Verification.objects.count() == 1


def test_a_budget_pauses_it_and_the_next_call_goes_on(log: list[Event]) -> None:
    calls = 0
    report = None
    while report is None:
        row, report, _ = run_verification(by="me", resume=True, budget=0)
        calls += 1
    assert (calls, row.ok, row.entries) == (7, True, 12)


def test_an_entry_altered_behind_the_note_is_found(log: list[Event]) -> None:
    killed_at(10)
    behind_the_back("UPDATE ledger_event SET reason = 'forged' WHERE id = %s", log[9].pk)
    row, report, _ = run_verification(by="me", resume=True)
    assert (row.ok, row.position) == (False, 9)
    assert report.first_bad.subject in row.first_bad


def test_one_altered_before_the_note_is_found_by_one_from_the_first_entry(log: list[Event]) -> None:
    killed_at(10)
    behind_the_back("UPDATE ledger_event SET reason = 'forged' WHERE id = %s", log[1].pk)
    _, resumed, _ = run_verification(by="me", resume=True)
    assert (resumed.ok, resumed.resumed.size) == (True, 8)  # it says what it did not read again
    assert not run_verification(by="me", resume=False)[1].ok


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE ledger_verification SET size = 10", "not sealed"),
        ("UPDATE ledger_verification SET seal = 'AAAA'", "not sealed"),
        (
            "UPDATE ledger_node SET node_hash = '" + "0" * 64 + "' WHERE number = 6",
            "not the one that was read",
        ),
        ("DELETE FROM ledger_node WHERE number = 6", "not the one that was read"),
        (
            "UPDATE ledger_checkpoint SET root = '" + "0" * 64 + "' WHERE size = 5",
            "not the one that was read",
        ),
    ],
)
def test_progress_that_does_not_fit_is_not_gone_on_with(log: list[Event], statement: str, why: str) -> None:
    killed_at(10)
    assert behind_the_back(statement) == 1
    read: list[int] = []
    _, report, why_anew = run_verification(by="me", resume=True, show=read.append)
    assert why in why_anew
    assert (read[:1] or [0])[0] <= 2
    assert report.resumed is None


def test_progress_sealed_with_another_key_is_not_gone_on_with(log: list[Event]) -> None:
    killed_at(10)
    mine = key_file().read_bytes()
    key_file().unlink()
    signing_key(create=True)
    try:
        assert "not sealed" in run_verification(by="me", resume=True)[2]
    finally:
        key_file().write_bytes(mine)


def test_progress_of_yesterday_is_not_gone_on_with(log: list[Event]) -> None:
    row = killed_at(10)
    progress.keep(row, Frontier(row.size, row.edge), timezone.now() - timedelta(hours=25))
    row.save()
    assert "too long ago" in run_verification(by="me", resume=True)[2]


def test_two_do_not_work_on_the_same_one(log: list[Event]) -> None:
    killed_at(10)
    Verification.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(Busy):
        run_verification(by="me", resume=True)


def test_one_whose_process_vanishes_again_and_again_is_given_up(log: list[Event]) -> None:
    killed_at(10)
    Verification.objects.update(lost=MOST_LOST + 1, lease_until=timezone.now() - timedelta(minutes=1))
    assert give_up("me").finished_at is not None
    assert Verification.objects.get().ok is None
    assert give_up("me") is None
