"""A bundle stands for itself: its own program, alone, accepts it and nothing that was made of it."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audits.exports import verify
from audits.exports.marks import Mark
from audits.exports.services.export_trail import TrailExport, export_trail
from audits.identity.actors import Actor
from audits.identity.models import User
from audits.ledger.filters import TrailFilter
from audits.ledger.keys import signing_key
from audits.ledger.models import Event
from audits.ledger.services import integrate
from audits.ledger.services.erase_payloads import erase_payloads
from tests.exports.tampering import TAMPERED, WITH_THE_KEY, Members, members, signers, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(db: None) -> Actor:
    return Actor.for_user(User.objects.create(username="audra", full_name="Audra"))


def export(actor: Actor, format: str = "bundle", **asked: str) -> TrailExport:
    return export_trail(
        actor=actor, format=format, asked=TrailFilter.read(**asked), visible=Event.objects.all()
    )


def silent(mark: Mark) -> None:
    """Nobody waits."""


def written(made: TrailExport, path: Path) -> Path:
    made.write(path, silent)
    return path


def alone(program: Path, file: Path) -> "subprocess.CompletedProcess[str]":
    """Runs the program outside of the project, as somebody does who only has the file."""
    command = [sys.executable, "-I", program.name, str(file)]
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        command, cwd=program.parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def good(happened, auditor: Actor, tmp_path: Path) -> Path:
    """A part of the log, with gaps between its entries."""
    for number in range(9):
        happened("bank/x" if number % 3 == 1 else f"shop/{number}", payload={"number": number})
    return written(export(auditor, subject="bank/x"), tmp_path / "good.zip")


@pytest.fixture
def program(good: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "verify.py").write_bytes(members(good.read_bytes())["verify.py"])
    return folder / "verify.py"


@pytest.mark.requirement("21-cfr-11/10-b", "sec-17a-4/f-3")
def test_its_own_program_accepts_it_alone(good: Path, program: Path) -> None:
    done = alone(program, good)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 entries are in the log of 10 entries" in done.stdout
    assert "does not prove" in done.stdout


def test_its_own_program_rejects_every_falsified_one(good: Path, program: Path, tmp_path: Path) -> None:
    files, accepted = members(good.read_bytes()), []
    bad = tmp_path / "bad.zip"
    for name, tamper in TAMPERED.items():
        bad.write_bytes(tamper(files))
        done = alone(program, bad)
        if done.returncode != 1 or not done.stderr.startswith("NOT SOUND: "):
            accepted.append((name, done.returncode, done.stdout[:60], done.stderr[-300:]))
    assert accepted == []
    assert len(TAMPERED) >= 20


@pytest.mark.parametrize("name", sorted(WITH_THE_KEY))
def test_even_the_key_does_not_let_entries_be_altered(good: Path, name: str) -> None:
    signers.append(signing_key(create=False))
    try:
        with pytest.raises(verify.Bad, match=WITH_THE_KEY[name]):
            verify.check(io.BytesIO(TAMPERED[name](members(good.read_bytes()))))
    finally:
        signers.pop()


def test_packing_it_again_changes_nothing(good: Path) -> None:
    assert verify.check(io.BytesIO(zipped(members(good.read_bytes()))))["entries"] == 3


def test_another_key_than_the_named_one_is_refused(good: Path) -> None:
    with good.open("rb") as file, pytest.raises(verify.Bad, match="another key"):
        verify.check(file, "imprimatur.ledger/x+00000000+AAAA")


def test_a_bundle_of_everything_needs_no_further_hash(happened, auditor: Actor, tmp_path: Path) -> None:
    for number in range(5):
        happened(f"bank/{number}")
    files = members(written(export(auditor), tmp_path / "all.zip").read_bytes())
    assert files[verify.NODES] == b""
    assert files[verify.ENTRIES].count(b"\n") == Event.objects.count() == 6


def test_a_bundle_of_nothing_is_sound(auditor: Actor, tmp_path: Path) -> None:
    path = written(export(auditor, subject="nowhere"), tmp_path / "none.zip")
    with path.open("rb") as file:
        assert verify.check(file)["entries"] == 0


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33])
def test_every_single_entry_of_a_log_is_proven(happened, auditor: Actor, tmp_path: Path, size: int) -> None:
    for number in range(size):
        happened(f"bank/{number}")
    for number in range(0, size, 5):
        path = written(export(auditor, subject=f"bank/{number}"), tmp_path / "one.zip")
        with path.open("rb") as file:
            assert verify.check(file)["entries"] == 1


@pytest.mark.requirement("gdpr/17")
def test_an_erased_payload_is_told_and_still_proven(happened, auditor: Actor, tmp_path: Path) -> None:
    happened("bank/x")
    integrate()
    erase_payloads(actor=auditor, positions=[0], reason="Asked.", proposed_by="another", holds={})
    integrate()
    path = written(export(auditor), tmp_path / "erased.zip")
    with path.open("rb") as file:
        assert verify.check(file)["erased"] == 1


@pytest.mark.requirement("21-cfr-11/10-b", "sec-17a-4/f-3")
def test_all_formats_and_the_ledger_count_alike(happened, auditor: Actor, tmp_path: Path) -> None:
    for number in range(7):
        happened(f"bank/{number}", reason="two\nlines, and = a comma")
    counted = {}
    for format in ("csv", "jsonl", "ocsf", "xlsx", "bundle"):
        made = export(auditor, format, subject="bank/3")
        counted[format] = made.write(tmp_path / format, silent), made.total
    everything = export(auditor, "jsonl")
    assert everything.write(tmp_path / "all", silent) == Event.objects.count() == everything.total
    assert set(counted.values()) == {(1, 1)}
    with (tmp_path / "csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 1


def test_verify_export_runs_the_same_program(good: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("verify_export", str(good), "--json", stdout=out)
    assert json.loads(out.getvalue())["entries"] == 3
    bad = tmp_path / "bad.zip"
    bad.write_bytes(TAMPERED["a payload exchanged"](members(good.read_bytes())))
    with pytest.raises(CommandError, match="NOT SOUND") as failed:
        call_command("verify_export", str(bad))
    assert failed.value.returncode == 1
    with pytest.raises(CommandError) as failed:
        call_command("verify_export", str(tmp_path / "nothing"))
    assert failed.value.returncode == 2


def test_a_sound_bundle_of_a_log_that_went_another_way_is_not_ours(good: Path) -> None:
    from tests.ledger.helpers import behind_the_back

    behind_the_back("UPDATE ledger_node SET node_hash = %s", "0" * 64)
    with pytest.raises(CommandError, match="does not begin"):
        call_command("verify_export", str(good))
    out = io.StringIO()
    call_command("verify_export", str(good), "--elsewhere", stdout=out)
    assert out.getvalue().startswith("SOUND")


def test_the_readme_says_what_it_does_not_prove(good: Path) -> None:
    files: Members = members(good.read_bytes())
    assert b"does not prove" in files["README.txt"]
    manifest = json.loads(files[verify.MANIFEST])
    assert (manifest["filter"], manifest["made_by"]) == ({"subject": "bank/x"}, "audra")
