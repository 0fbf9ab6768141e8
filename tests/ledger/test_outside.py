"""What is kept outside tells when the database is not what it was; nothing second is ever signed."""

from datetime import timedelta
from pathlib import Path

import pytest

from audits.identity.actors import Actor
from audits.ledger import notes, outside
from audits.ledger.keys import key_file, public_key, signing_key
from audits.ledger.models import Alarm, Checkpoint, Event, Leaf, Sink
from audits.ledger.outside import RolledBack
from audits.ledger.selectors import newest_checkpoint
from audits.ledger.services import integrate
from audits.ledger.services.accept_restore import NothingLost, accept_restore
from audits.ledger.services.publish_checkpoints import publish_checkpoints
from audits.ledger.services.sequence_events import CHECKPOINT_SECONDS
from audits.ledger.tasks import integrate_events, publish
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back, write_events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    """Keys of its own, so that no other test has signed with them."""
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path


@pytest.fixture
def signed(shell: Actor, django_capture_on_commit_callbacks):
    """Adds events and has them signed, with what happens after the commit."""

    def more(count: int) -> Checkpoint:
        write_events(shell, count)
        with django_capture_on_commit_callbacks(execute=True):
            return integrate()

    return more


def restore(size: int) -> None:
    """The database as it was with so many entries, all signed by then."""
    gone = list(Leaf.objects.filter(position__gte=size).values_list("event_id", flat=True))
    behind_the_back("DELETE FROM ledger_checkpoint WHERE size > %s", size)
    behind_the_back("DELETE FROM ledger_leaf WHERE position >= %s", size)
    behind_the_back("DELETE FROM ledger_node WHERE number >= %s", size - size.bit_count())
    for pk in gone:
        behind_the_back("DELETE FROM ledger_event WHERE id = %s", pk)


def test_a_restored_backup_is_told_by_verify_and_signs_nothing(signed, shell: Actor) -> None:
    signed(5), signed(3)
    restore(5)
    bad = verify().first_bad
    assert (bad.kind, bad.position) == ("checkpoint", 5)
    assert "keeps a checkpoint of 8 entries" in bad.reason
    write_events(shell, 9)
    with pytest.raises(RolledBack, match="8 entries"):
        integrate()
    assert newest_checkpoint().size == 5


def test_the_task_raises_the_alarm_and_recording_goes_on(signed, shell: Actor) -> None:
    signed(5), signed(3)
    restore(5)
    write_events(shell, 2)
    integrate_events()
    integrate_events()
    assert [(row.kind, row.ended_at) for row in Alarm.objects.all()] == [("rolled-back", None)]
    assert Event.objects.count() == 5 + 2 + 1
    assert Leaf.objects.count() == 5


def test_somebody_decides_to_go_on_and_the_log_says_so(
    signed, shell: Actor, django_capture_on_commit_callbacks
) -> None:
    signed(5)
    lost = signed(3)
    restore(5)
    with django_capture_on_commit_callbacks(execute=True):
        event = accept_restore(actor=shell, reason="The disk died; the backup of Monday.")
    assert (event.event, lost.root in event.payload) == ("ledger.log.restored", True)
    assert signed(1).size == 7
    assert verify().ok
    with pytest.raises(NothingLost):
        accept_restore(actor=shell, reason="again")


def test_deleted_checkpoints_are_noticed(signed, shell: Actor) -> None:
    signed(5)
    behind_the_back("DELETE FROM ledger_checkpoint")
    assert "checkpoints are gone" in verify().first_bad.reason
    write_events(shell, 1)
    with pytest.raises(RolledBack, match="are gone"):
        integrate()


def test_an_entry_rewritten_with_its_whole_tree_is_found_by_the_copy_outside(signed) -> None:
    signed(5)
    kept = outside.beside_key(notes.parse(newest_checkpoint().note).tree.origin)
    old = notes.parse(kept.read_text())
    forged = notes.Tree(old.tree.origin, 4, "0" * 64)
    kept.write_text(notes.sign(forged, signing_key(create=False), newest_checkpoint().signed_at))
    assert "does not begin with" in verify().first_bad.reason


def test_one_key_never_signs_two_logs_of_one_name(signed, db: None) -> None:
    first = notes.parse(signed(3).note).tree.origin
    restore(0)
    behind_the_back("DELETE FROM ledger_checkpoint")
    second = notes.parse(signed(2).note).tree.origin
    assert first != second
    assert second.startswith(first)
    assert verify().ok


def test_a_clock_that_goes_back_moves_no_checkpoint_back_and_windows_still_open(
    ten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("audits.ledger.services.sequence_events.time.monotonic", lambda: clock[0])
    first = integrate()
    behind = first.signed_at - timedelta(hours=5)
    assert integrate(now=behind) == first
    clock[0] += CHECKPOINT_SECONDS
    second = integrate(now=behind)
    assert (second.pk > first.pk, second.signed_at) == (True, first.signed_at)
    assert notes.signed_at(notes.parse(second.note), public_key()) == first.signed_at
    assert verify().ok


def test_a_lost_key_raises_the_alarm_and_its_return_ends_it(signed, shell: Actor) -> None:
    signed(3)
    kept = key_file().read_bytes()
    key_file().unlink()
    write_events(shell, 2)
    integrate_events()
    alarm = Alarm.objects.get()
    assert (alarm.kind, "cannot be read" in alarm.reason) == ("standing", True)
    assert verify().first_bad.kind == "checkpoint"
    key_file().write_bytes(kept)
    integrate_events()
    alarm.refresh_from_db()
    assert alarm.ended_at is not None
    assert newest_checkpoint().size == 6  # with the alarm's own entry


def test_each_checkpoint_goes_into_the_file_and_the_git_folder_once(signed, folder: Path, settings) -> None:
    settings.LEDGER_CHECKPOINT_FILE = str(folder / "checkpoints")
    settings.LEDGER_CHECKPOINT_GIT = str(folder / "git")
    heads = [signed(2)]
    publish()
    heads.append(signed(1))
    publish()
    publish()
    text = (folder / "checkpoints").read_text()
    assert [piece.strip("\n") + "\n" for piece in text.split("\n\n\n") if piece.strip()] == [
        head.note for head in heads
    ]
    assert outside.git(folder / "git", "show", "HEAD:checkpoint.txt").stdout == heads[1].note
    assert len(outside.git(folder / "git", "log", "--oneline").stdout.splitlines()) == 2


@pytest.mark.parametrize("sink", ["file", "git"])
def test_a_sink_knows_of_a_restored_backup(signed, folder: Path, settings, sink: str) -> None:
    setattr(settings, f"LEDGER_CHECKPOINT_{sink.upper()}", str(folder / "kept"))
    signed(2), signed(4)
    publish_checkpoints()
    for kept in key_file().parent.glob("newest-*"):
        kept.unlink()
    restore(2)
    assert "keeps a checkpoint of 6 entries" in verify().first_bad.reason


def test_what_was_handed_over_before_a_kill_is_not_appended_twice(signed, folder: Path, settings) -> None:
    settings.LEDGER_CHECKPOINT_FILE = str(folder / "checkpoints")
    signed(2)
    publish_checkpoints()
    Sink.objects.update(checkpoint=0, due_at=None)
    publish_checkpoints()
    assert (folder / "checkpoints").read_text().count(
        "imprimatur.ledger/"
    ) == 3  # the text and two signatures


def test_a_sink_that_fails_blocks_nothing_is_told_and_gets_all_later(signed, folder: Path, settings) -> None:
    settings.LEDGER_CHECKPOINT_FILE = str(folder / "there" / "checkpoints")
    settings.LEDGER_CHECKPOINT_GIT = str(folder / "git")
    first = signed(2)
    assert publish_checkpoints() == 1
    sink = Sink.objects.get(name="file")
    assert (sink.failures, "No such file" in sink.fault) == (1, True)
    signed(1)
    (folder / "there").mkdir()
    assert publish_checkpoints() == 1  # the file is not due yet
    publish_checkpoints(now=sink.due_at + timedelta(seconds=1))
    sink.refresh_from_db()
    assert (sink.failures, sink.fault) == (0, "")
    assert (folder / "there" / "checkpoints").read_text().count(first.note) == 1
