"""Sequencers that are killed, doubled or overtaken: leaves and events stay the same set, without a gap."""

import os
import signal
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction

from audits.identity.actors import Actor
from audits.identity.events import KEY_CREATED
from audits.ledger.models import Event, Leaf
from audits.ledger.services import integrate, record, sequence_events
from audits.ledger.verification import verify
from tests.ledger.helpers import write_events

pytestmark = pytest.mark.django_db(transaction=True)


def forked(work: Callable[[], object]) -> int:
    """Starts the work in a process of its own, with connections of its own; gives its number."""
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def ended(pid: int) -> int:
    """Waits; 0 for a good end, -9 for a kill."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def is_whole() -> bool:
    places = list(Leaf.objects.order_by("position").values_list("position", "event_id"))
    events = set(Event.objects.values_list("id", flat=True))
    return [place for place, _ in places] == list(range(len(events))) and {key for _, key in places} == events


def kill_after(statement: int) -> None:
    """Integrates, and is killed when the database has done so many statements."""
    done = 0

    def counted(execute, sql, params, many, context):
        nonlocal done
        result = execute(sql, params, many, context)
        done += 1
        if done == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with connection.execute_wrapper(counted):
        integrate(wait=True)


def test_killed_after_any_statement_another_one_goes_on(
    shell: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence_events, "BATCH", 2)
    kills = 0
    while True:
        write_events(shell, 3)
        status = ended(forked(partial(kill_after, kills + 1)))
        integrate(wait=True)
        assert is_whole(), f"after statement {kills + 1}"
        if status == 0:
            break
        assert status == -signal.SIGKILL
        kills += 1
    assert kills > 15
    assert verify().ok


def test_killed_between_commit_and_what_follows_it(shell: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(origin: str, note: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    write_events(shell, 3)
    with monkeypatch.context() as patch:
        patch.setattr(sequence_events, "keep_outside", die)
        assert ended(forked(lambda: integrate(wait=True))) == -signal.SIGKILL
    assert is_whole()
    write_events(shell, 2)
    integrate(wait=True)
    assert is_whole()
    assert verify().ok


def test_two_sequencers_and_two_writers_in_processes_of_their_own(shell: Actor) -> None:
    work = [lambda: write_events(shell, 20) for _ in range(2)]
    work += [lambda: [integrate() for _ in range(20)] for _ in range(2)]
    assert [ended(pid) for pid in [forked(one) for one in work]] == [0, 0, 0, 0]
    integrate(wait=True)
    assert (Leaf.objects.count(), is_whole()) == (40, True)
    assert verify().ok


@pytest.mark.postgres
def test_what_was_written_earlier_and_committed_later_gets_the_later_place(shell: Actor) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing commits late there")
    written, go = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(record(event=KEY_CREATED, actor=shell, subject_type="key", subject="late").pk)
            written.set()
            go.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(30)
    write_events(shell, 2)
    integrate(wait=True)
    go.set()
    thread.join()
    integrate(wait=True)
    assert Leaf.objects.get(event_id=late[0]).position == 2
    assert late[0] < Leaf.objects.get(position=0).event_id
    assert is_whole()
