"""A new key signs on, the old one vouches for it, and everybody who knew the old one can follow."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from audits.exports.selectors import why_not_ours
from audits.exports.services.export_trail import export_trail
from audits.exports.verify import Bad, check
from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR
from audits.ledger import keys, notes
from audits.ledger.filters import TrailFilter
from audits.ledger.keys import KeyUnusable, key_file, successor_file
from audits.ledger.models import Checkpoint, Event, KeyChange
from audits.ledger.selectors import newest_checkpoint
from audits.ledger.services import integrate
from audits.ledger.services.rotate_key import NotRotated, replace_lost_key, rotate_key
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back, write_events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    """Keys of its own: rotating those of other tests would confuse them."""
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path


@pytest.fixture
def auditor(db: None) -> Actor:
    return Actor.for_user(User.objects.create(username="audra", full_name="Audra"))


@pytest.fixture
def rotate(shell: Actor, django_capture_on_commit_callbacks):
    """Changes the key, with what happens after the commit."""

    def now() -> KeyChange:
        with django_capture_on_commit_callbacks(execute=True):
            return rotate_key(actor=shell, reason="Once a year.")

    return now


def bundle(path: Path, actor: Actor) -> str:
    """Writes a bundle of all; its key line."""
    made = export_trail(actor=actor, format="bundle", asked=TrailFilter(), visible=Event.objects.all())
    made.write(path, lambda mark: None)
    with path.open("rb") as file:
        return check(file)["key"]


def test_both_keys_sign_one_checkpoint_and_later_ones_the_new_alone(ten: None, rotate, shell: Actor) -> None:
    first, old = integrate(), keys.public_key()
    change = rotate()
    both, new = Checkpoint.objects.get(pk=change.checkpoint), keys.public_key()
    note = notes.parse(both.note)
    assert notes.signed_at(note, old) == notes.signed_at(note, new) == both.signed_at
    assert note.tree.origin == notes.parse(first.note).tree.origin
    assert both.size == 11  # the change is in the log that both signed
    write_events(shell, 1)
    later = notes.parse(integrate().note)
    notes.signed_at(later, new)
    with pytest.raises(notes.BadNote):
        notes.signed_at(later, old)
    report = verify(notes.parse(first.note))
    assert (report.ok, report.unendorsed_keys) == (True, 0)
    assert not successor_file().exists()


def test_exports_of_both_sides_verify_also_for_whoever_knows_the_old_key(
    ten: None, rotate, auditor: Actor, folder: Path
) -> None:
    integrate()
    old = bundle(folder / "old.zip", auditor)
    rotate()
    middle = bundle(folder / "middle.zip", auditor)
    rotate()
    new = bundle(folder / "new.zip", auditor)
    assert len({old, middle, new}) == 3
    for file, key, steps in (("old", old, 0), ("middle", old, 1), ("new", old, 2), ("new", middle, 1)):
        with (folder / f"{file}.zip").open("rb") as opened:
            found = check(opened, key)
        assert found["rotations"] == steps
        assert why_not_ours(found) == ""
    with (folder / "old.zip").open("rb") as opened, pytest.raises(Bad, match="another key"):
        check(opened, new)
    with zipfile.ZipFile(folder / "new.zip") as archive:
        program = archive.extract("verify.py", folder)
    words = [sys.executable, "-I", program, str(folder / "new.zip"), "--key", old]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 changes after the key that you named" in done.stdout


def test_a_key_slipped_into_the_database_is_found(ten: None, rotate) -> None:
    integrate()
    rotate()
    other = notes.verifier_key("imprimatur.ledger/x", keys.Ed25519PrivateKey.generate().public_key())
    behind_the_back("UPDATE ledger_keychange SET old = %s", other)
    assert "not signed by the key before it" in verify().first_bad.reason


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_keychange SET endorsement = ''", "DELETE FROM ledger_keychange"]
)
def test_changes_of_keys_are_append_only(ten: None, rotate, statement: str) -> None:
    integrate()
    rotate()
    with (
        pytest.raises(IntegrityError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_removed_vouching_is_told_for_ever_and_a_removed_change_is_found(ten: None, rotate) -> None:
    integrate()
    rotate()
    behind_the_back("UPDATE ledger_keychange SET endorsement = ''")
    assert verify().unendorsed_keys == 1
    behind_the_back("DELETE FROM ledger_keychange")
    assert not verify().ok


def test_the_old_key_signs_nothing_after_the_change(ten: None, rotate, shell: Actor) -> None:
    integrate()
    stolen = key_file().read_bytes()
    rotate()
    mine = key_file().read_bytes()
    key_file().write_bytes(stolen)
    write_events(shell, 1)
    with pytest.raises(KeyUnusable):
        integrate()
    key_file().write_bytes(mine)
    head = newest_checkpoint()
    forged = notes.sign(notes.parse(head.note).tree, keys.load_pem_private_key(stolen, None), head.signed_at)
    row = Checkpoint.objects.create(
        size=head.size,
        root=head.root,
        signed_at=head.signed_at,
        key_id=Checkpoint.objects.first().key_id,
        note=forged,
    )
    assert verify().first_bad.kind == "checkpoint", row


def test_cut_off_before_the_new_key_took_its_place_the_sequencer_puts_it_there(
    ten: None, shell: Actor, django_capture_on_commit_callbacks
) -> None:
    integrate()
    with django_capture_on_commit_callbacks(execute=False):
        change = rotate_key(actor=shell, reason="The power fails now.")
    assert successor_file().exists()
    write_events(shell, 1)
    assert integrate().key_id == Checkpoint.objects.get(pk=change.checkpoint).key_id
    assert not successor_file().exists()
    assert verify().ok


def test_a_change_that_is_rolled_back_leaves_the_old_key(ten: None, shell: Actor) -> None:
    integrate()
    with transaction.atomic():
        rotate_key(actor=shell, reason="It comes to nothing.")
        transaction.set_rollback(True)
    write_events(shell, 1)
    integrate()
    assert verify().ok
    assert KeyChange.objects.count() == 0


def test_a_lost_key_is_replaced_with_its_public_line_and_that_is_told(
    ten: None, shell: Actor, auditor: Actor, folder: Path, django_capture_on_commit_callbacks
) -> None:
    integrate()
    line = bundle(folder / "old.zip", auditor)
    with pytest.raises(NotRotated, match="not lost"):
        replace_lost_key(actor=shell, reason="?", old_line=line)
    key_file().unlink()
    with pytest.raises(NotRotated, match="not the lost key's"):
        replace_lost_key(
            actor=shell,
            reason="?",
            old_line=notes.verifier_key("x", keys.Ed25519PrivateKey.generate().public_key()),
        )
    with django_capture_on_commit_callbacks(execute=True):
        replace_lost_key(actor=shell, reason="The disk died.", old_line=line)
    assert integrate().size == 12
    report = verify()
    assert (report.ok, report.unendorsed_keys) == (True, 1)
    bundle(folder / "new.zip", auditor)
    with (folder / "new.zip").open("rb") as file, pytest.raises(Bad, match="was lost"):
        check(file, line)


def test_the_command_prints_the_new_public_line(
    ten: None, django_capture_on_commit_callbacks, capsys
) -> None:
    integrate()
    user = User.objects.create(username="ada", full_name="Ada")
    with pytest.raises(CommandError, match="administrator's name"):
        call_command("rotate_ledger_key", "--reason", "x", "--as", "ada")
    user.groups.add(Group.objects.create(name=ADMINISTRATOR))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("rotate_ledger_key", "--reason", "Once a year.", "--as", "ada")
    origin = notes.parse(newest_checkpoint().note).tree.origin
    assert capsys.readouterr().out.strip() == notes.verifier_key(origin, keys.public_key())
    event = Event.objects.get(event="ledger.key.changed")
    assert (event.actor, json.loads(event.payload)["new"]) == (
        "ada",
        notes.verifier_key(origin, keys.public_key()),
    )
