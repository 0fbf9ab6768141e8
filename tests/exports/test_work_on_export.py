"""An export that a worker makes is whole or not there, whatever happens on the way."""

import errno
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone

from audits.exports import verify
from audits.exports.collectors import PackAsk
from audits.exports.files import is_full
from audits.exports.models import Export
from audits.exports.models.export import exports_folder
from audits.exports.services import work_on_export as working
from audits.exports.services.keep_exports import expire_exports, fetch_export, lost_exports
from audits.exports.services.request_export import cancel_export, request_pack, request_trail
from audits.exports.services.work_on_export import work_on_export
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Event
from tests.exports.made import finished_export

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(people) -> Actor:
    return people.actor("auditor")


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told after every third entry."""
    monkeypatch.setattr(working, "BEAT_SECONDS", 0)
    for module in ("packs", "services.export_trail"):
        monkeypatch.setattr(f"audits.exports.{module}.EVERY", 3)


def ask(actor: Actor, format: str = "csv", **asked: str) -> Export:
    return request_trail(actor=actor, format=format, asked=TrailFilter.read(**asked))


def left(row: Export) -> list[str]:
    """What lies in the folder of exports of this one."""
    return sorted(path.name for path in exports_folder().glob(f"*{row.uuid}*"))


def told(row: Export) -> list[str]:
    """The kinds of entries about it, in order."""
    found = Event.objects.filter(payload__contains=str(row.uuid)).order_by("pk")
    return [event.event.partition(".")[2] for event in found]


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx", "ocsf", "bundle"])
def test_each_format_becomes_a_file(happened, auditor: Actor, format: str) -> None:
    for number in range(8):
        happened(f"bank/{number}")
    row = finished_export(auditor, format)
    assert (row.state, row.reason) == ("done", "")
    assert row.entries == row.total == row.checkpoint.size
    assert row.path.stat().st_size == row.size
    assert row.path.stat().st_mode & 0o777 == 0o600
    assert left(row) == [row.path.name]
    assert told(row) == ["trail.exported", "export.finished"]
    if format == "bundle":
        with row.path.open("rb") as file:
            assert verify.check(file)["entries"] == row.entries


def test_a_pack_becomes_a_file(factory, auditor: Actor) -> None:
    factory.released(name="bank/letter")
    row = request_pack(actor=auditor, asked=PackAsk.read({"prompt": "bank/letter"}))
    made = work_on_export(export_id=row.pk)
    with made.path.open("rb") as file:
        assert verify.check(file)["subject"] == "bank/letter"
    assert told(row) == ["pack.exported", "export.finished"]


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it."""


def killed_after(monkeypatch: pytest.MonkeyPatch, marks: int) -> None:
    """The worker is gone after so many marks, as a kill leaves it."""
    real, count = working._Beat.__call__, 0

    def beat(self, mark):
        nonlocal count
        real(self, mark)
        count += 1
        if count == marks:
            raise Killed

    monkeypatch.setattr(working._Beat, "__call__", beat)


@pytest.mark.parametrize("format", ["csv", "jsonl", "ocsf", "xlsx", "bundle"])
def test_what_a_killed_worker_left_is_gone_on_with(
    happened, auditor: Actor, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    for number in range(11):
        happened(f"bank/{number}", reason="ünï\ncode")
    row = ask(auditor, format)
    with monkeypatch.context() as patch:
        killed_after(patch, 2)
        with pytest.raises(Killed):
            work_on_export(export_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.entries) == ("running", 6)
    assert work_on_export(export_id=row.pk) is None  # its lease holds
    happened("bank/later")
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert [lost.pk for lost in lost_exports(now=timezone.now())] == [row.pk]
    done = work_on_export(export_id=row.pk)
    upto = row.noted.leaf.position + 2  # the entry that tells of the export's row comes after its own
    assert (done.state, done.entries, done.total) == ("done", upto, done.entries)
    if format in {"csv", "jsonl"}:
        again = finished_export(auditor, format, until=row.created_at.isoformat())
        lines = done.path.read_bytes().splitlines(keepends=True)
        assert len(set(lines)) == len(lines)
        assert set(again.path.read_bytes().splitlines(keepends=True)) <= set(lines)


def test_a_draft_that_is_shorter_than_was_told_is_begun_anew(
    happened, auditor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(11):
        happened(f"bank/{number}")
    row = ask(auditor)
    with monkeypatch.context() as patch:
        killed_after(patch, 2)
        with pytest.raises(Killed):
            work_on_export(export_id=row.pk)
    row.draft.write_bytes(b"position")
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    done = work_on_export(export_id=row.pk)
    assert done.path.read_bytes().count(b"\r\n") == done.entries + 1


def test_after_five_lost_workers_it_fails(auditor: Actor) -> None:
    row = ask(auditor)
    Export.objects.update(attempts=F("attempts") + 5)
    assert work_on_export(export_id=row.pk) is None
    row.refresh_from_db()
    assert (row.state, row.reason) == ("failed", "The worker was lost 5 times.")
    assert told(row)[-1] == "export.failed"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_ends_it_with_a_clear_reason_and_no_half_file(happened, auditor: Actor) -> None:
    for number in range(4):
        happened(f"bank/{number}", reason="x" * 10_000)
    row = ask(auditor, "jsonl")
    exports_folder().mkdir(exist_ok=True)
    row.draft.symlink_to("/dev/full")  # every write to it says that no space is left
    done = work_on_export(export_id=row.pk)
    assert (done.state, left(row)) == ("failed", [])
    assert done.reason.startswith("The portal's disk is full.")


def test_a_full_disk_under_a_workbook_is_seen_as_one() -> None:
    full = OSError("the workbook cannot be written")
    full.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert is_full(full)
    assert not is_full(OSError(errno.EACCES, "no"))


def test_a_cancelled_one_ends_and_leaves_nothing(
    happened, auditor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(11):
        happened(f"bank/{number}")
    row, real = ask(auditor), working._Beat.__call__

    def beat(self, mark):
        if mark.count == 6:
            cancel_export(actor=auditor, export_id=row.pk)
        real(self, mark)

    monkeypatch.setattr(working._Beat, "__call__", beat)
    done = work_on_export(export_id=row.pk)
    assert (done.state, left(row)) == ("cancelled", [])
    assert told(row) == ["trail.exported", "export.cancelled"]
    with pytest.raises(Conflict, match="over already"):
        cancel_export(actor=auditor, export_id=row.pk)


def test_whoever_lost_the_right_meanwhile_gets_nothing(factory, people, auditor: Actor) -> None:
    factory.released(name="bank/letter")
    row = request_pack(actor=auditor, asked=PackAsk.read({"prompt": "bank/letter"}))
    people.auditor.groups.clear()
    done = work_on_export(export_id=row.pk)
    assert (done.state, left(row)) == ("failed", [])
    assert "There is no such prompt" in done.reason


def test_an_export_is_its_persons_own(people, auditor: Actor) -> None:
    row = finished_export(auditor)
    other = people.actor("administrator")
    for act in (fetch_export, cancel_export):
        with pytest.raises(NotThere):
            act(actor=other, export_id=row.pk)
    assert fetch_export(actor=auditor, export_id=row.pk).pk == row.pk
    assert told(row)[-1] == "export.fetched"


@pytest.mark.requirement("gdpr/5-1-e")
def test_a_file_goes_when_its_time_is_over(auditor: Actor) -> None:
    row = finished_export(auditor)
    assert expire_exports(now=timezone.now()) == 0
    assert expire_exports(now=timezone.now() + timedelta(days=8)) == 1
    row.refresh_from_db()
    assert (row.state, left(row)) == ("expired", [])
    assert told(row)[-1] == "export.expired"
    with pytest.raises(NotThere, match="no longer there"):
        fetch_export(actor=auditor, export_id=row.pk)


def test_nobody_queues_more_than_ten(auditor: Actor) -> None:
    for _ in range(10):
        ask(auditor)
    with pytest.raises(Conflict, match="10 exports"):
        ask(auditor)


def test_what_may_not_be_exported_leaves_no_row(people, auditor: Actor) -> None:
    with pytest.raises(Unacceptable):
        ask(auditor, "pdf")
    with pytest.raises(Refused):
        request_pack(actor=people.actor("author"), asked=PackAsk.read({"prompt": "bank/letter"}))
    with pytest.raises(Refused, match="People ask"):
        ask(Actor.for_account(people.service))
    assert not Export.objects.exists()


def test_the_filter_is_kept_as_it_was_read(happened, auditor: Actor) -> None:
    happened("bank/x")
    row = finished_export(auditor, "jsonl", subject="bank/x", since="2026-01-01")
    lines = [json.loads(line) for line in io.StringIO(row.path.read_text())]
    assert [line["subject"] for line in lines] == ["bank/x"]
