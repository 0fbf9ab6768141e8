"""`export_audit` and `verify_ledger` as the contract has them."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audits.identity.models import User
from audits.identity.roles import AUDITOR
from audits.ledger.models import Event
from audits.ledger.services import integrate
from tests.ledger.helpers import behind_the_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def audra(db: None) -> User:
    from django.contrib.auth.models import Group

    user = User.objects.create(username="audra", full_name="Audra")
    user.groups.add(Group.objects.create(name=AUDITOR))
    return user


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def verified(*words: str) -> dict[str, object]:
    return json.loads(run("verify_ledger", "--json", *words))


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_the_file_and_its_checkpoint_are_written(happened, audra: User, tmp_path: Path, format: str) -> None:
    happened("bank/x")
    out = tmp_path / f"trail.{format}"
    told = json.loads(run("export_audit", "--format", format, "--out", str(out), "--as", "audra", "--json"))
    assert told["entries"] == told["size"] == Event.objects.count() == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name, f"{out.name}.checkpoint"]
    assert out.stat().st_mode & 0o777 == 0o600
    assert verified("--against", told["checkpoint"])["ok"]


def test_the_event_names_the_person_and_the_account_of_the_shell(audra: User, tmp_path: Path) -> None:
    run(
        "export_audit", "--format", "csv", "--out", str(tmp_path / "a.csv"), "--as", "audra", "--event", "x.y"
    )
    event = Event.objects.get(event="exports.trail.exported")
    assert (event.actor_type, event.actor) == ("person", "audra")
    assert event.role.startswith("auditor via shell:")
    assert json.loads(event.payload) == {"format": "csv", "filters": {"event": "x.y"}}


def test_the_shell_alone_exports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMPRIMATUR_ACTOR", raising=False)
    with pytest.raises(CommandError, match="--as") as refused:
        run("export_audit", "--format", "csv", "--out", str(tmp_path / "a.csv"))
    assert refused.value.returncode == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["--since", "yesterday"],
        ["--until", "2026-13-01"],
        ["--out", "/nowhere/at/all.csv"],
        ["--out", "/dev/null"],
        ["--as", "who"],
    ],
)
def test_bad_usage_ends_with_two_and_writes_nothing(audra: User, tmp_path: Path, words: list[str]) -> None:
    common = ["--format", "csv", "--out", str(tmp_path / "a.csv"), "--as", "audra"]
    with pytest.raises(CommandError) as refused:
        run("export_audit", *common, *words)
    assert refused.value.returncode == 2
    assert not list(tmp_path.iterdir())


def test_a_failure_half_way_leaves_the_older_file(audra: User, tmp_path: Path, monkeypatch) -> None:
    out = tmp_path / "a.csv"
    out.write_text("older")
    behind_the_back("UPDATE ledger_event SET payload = '{'")
    run("export_audit", "--format", "csv", "--out", str(tmp_path / "b.csv"), "--as", "audra")
    behind_the_back("UPDATE ledger_event SET payload = '{'")
    with pytest.raises(ValueError, match="Expecting"):
        run("export_audit", "--format", "ocsf", "--out", str(out), "--as", "audra")
    assert out.read_text() == "older"
    assert not list(tmp_path.glob(".*"))


def test_a_sound_log_ends_with_zero_and_words(happened, db: None) -> None:
    happened("bank/x")
    integrate()
    happened("bank/y")
    told = run("verify_ledger")
    assert "2 (1 not in the tree yet)" in told
    assert "sound" in told


def test_an_altered_log_ends_with_one_and_names_the_entry(happened, db: None) -> None:
    happened("bank/x")
    integrate()
    behind_the_back("UPDATE ledger_event SET reason = 'forged'")
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("verify_ledger", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert failed.value.returncode == 1
    assert told["ok"] is False
    assert told["first_bad"] == {
        "position": 0,
        "kind": "event",
        "subject": "bank/x",
        "reason": "reason: the column is not what was recorded",
    }


@pytest.mark.parametrize("content", ["", "no checkpoint", "\udcff"])
def test_a_file_that_is_no_checkpoint_ends_with_two(db: None, tmp_path: Path, content: str) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(CommandError) as refused:
        run("verify_ledger", "--against", str(kept))
    assert refused.value.returncode == 2


def test_the_csv_is_read_back_by_any_reader(happened, audra: User, tmp_path: Path) -> None:
    happened("bank/x", reason="with, comma")
    run(
        "export_audit",
        "--format",
        "csv",
        "--out",
        str(tmp_path / "a.csv"),
        "--as",
        "audra",
        "--subject",
        "bank/x",
    )
    with (tmp_path / "a.csv").open(newline="") as file:
        assert [row["reason"] for row in csv.DictReader(file)] == ["with, comma"]


def test_verify_ledger_shows_how_far_it_is_and_resumes_only_what_fits(happened, db: None) -> None:
    happened("bank/x")
    integrate()
    err = io.StringIO()
    call_command("verify_ledger", "--json", "--progress", stdout=io.StringIO(), stderr=err)
    assert "1 of 1 entries (100 %)" in err.getvalue()
    assert verified("--resume")["resumed"] is None
    with pytest.raises(CommandError, match="does not go with"):
        run("verify_ledger", "--resume", "--against", "kept.txt")
