"""Whatever somebody changes behind the portal's back, the verification finds it and names it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from audits.identity.actors import Actor
from audits.ledger import notes, verifiers
from audits.ledger.keys import key_file, signing_key
from audits.ledger.merkle import leaf_hash, roots
from audits.ledger.models import Checkpoint, Event, Leaf, Node
from audits.ledger.selectors import stored_nodes
from audits.ledger.services import integrate
from audits.ledger.verification import Report, verify
from tests.ledger.helpers import behind_the_back, write_events

pytestmark = pytest.mark.django_db
NOT_TEXT = {
    "uuid": {"sqlite": "'0123456789abcdef0123456789abcdef'", "postgresql": "gen_random_uuid()"},
    "recorded_at": {"sqlite": "'2001-01-01 00:00:00'", "postgresql": "'2001-01-01'"},
}
COLUMNS = [field.column for field in Event._meta.fields if not field.primary_key]


@pytest.fixture
def log(ten: None) -> list[Event]:
    """Ten events in the tree."""
    integrate()
    return list(Event.objects.order_by("id"))


def first_bad(report: Report) -> tuple[object, ...]:
    assert not report.ok
    assert report.first_bad is not None
    return report.first_bad.position, report.first_bad.kind, report.first_bad.subject


@pytest.mark.requirement("21-cfr-11/10-a", "sec-17a-4/f-2-ii")
def test_an_untouched_log_is_sound_and_told_in_the_agreed_shape(log: list[Event], shell: Actor) -> None:
    write_events(shell, 3)
    report, head = verify(), Checkpoint.objects.get()
    told = report.as_dict()
    assert told.pop("seconds") >= 0
    assert told == {
        "ok": True,
        "entries": 13,
        "pending": 3,
        "tree_size": 10,
        "root": head.root,
        "checkpoint": {"size": 10, "key_id": head.key_id, "time": head.signed_at.isoformat()},
        "first_bad": None,
        "erased": 0,
        "not_compared": 0,
        "unendorsed_keys": 0,
        "resumed": None,
    }


def test_an_empty_log_is_sound(db: None) -> None:
    assert verify().ok
    integrate()
    assert verify().as_dict()["checkpoint"]["size"] == 0


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("pending", [False, True])
@pytest.mark.requirement("21-cfr-11/10-a", "sec-17a-4/f-2-ii")
def test_a_change_of_any_column_is_found_and_named(ten: None, column: str, pending: bool) -> None:
    if not pending:
        integrate()
    event = Event.objects.order_by("id")[4]
    value = NOT_TEXT.get(column, "'forged'")
    value = value[connection.vendor] if isinstance(value, dict) else value
    assert behind_the_back(f"UPDATE ledger_event SET {column} = {value} WHERE id = %s", event.pk) == 1  # noqa: S608
    subject = "forged" if column == "subject" else event.subject
    assert first_bad(verify()) == (None if pending else 4, "event", subject)


@pytest.mark.parametrize("column", ["payload", "salt"])
def test_an_emptied_payload_is_found(log: list[Event], column: str) -> None:
    behind_the_back(f"UPDATE ledger_event SET {column} = NULL WHERE id = %s", log[2].pk)  # noqa: S608
    assert first_bad(verify()) == (2, "event", "key-2")


def test_a_change_of_columns_and_bytes_together_is_found(log: list[Event]) -> None:
    body = json.dumps(json.loads(log[5].body) | {"reason": "forged"}, separators=(",", ":"), sort_keys=True)
    behind_the_back("UPDATE ledger_event SET reason = 'forged', body = %s WHERE id = %s", body, log[5].pk)
    assert first_bad(verify()) == (5, "event", "key-5")


def test_a_change_with_a_fitting_leaf_is_found_at_its_node(log: list[Event]) -> None:
    body = json.dumps(json.loads(log[5].body) | {"reason": "forged"}, separators=(",", ":"), sort_keys=True)
    behind_the_back("UPDATE ledger_event SET reason = 'forged', body = %s WHERE id = %s", body, log[5].pk)
    behind_the_back("UPDATE ledger_leaf SET leaf_hash = %s WHERE position = 5", leaf_hash(body.encode()))
    assert first_bad(verify())[:2] == (5, "node")


@pytest.mark.parametrize("position", [0, 4, 9])
def test_a_removed_entry_is_found(log: list[Event], position: int) -> None:
    behind_the_back("DELETE FROM ledger_leaf WHERE position = %s", position)
    behind_the_back("DELETE FROM ledger_event WHERE id = %s", log[position].pk)
    found = first_bad(verify())
    assert found[0] in {position, 10}
    assert found[1] == ("event" if position < 9 else "node")


def test_two_exchanged_entries_are_found(log: list[Event]) -> None:
    a, b = log[3].pk, log[6].pk
    behind_the_back("DELETE FROM ledger_leaf WHERE position IN (3, 6)")
    for position, event in ((3, b), (6, a)):
        digest = leaf_hash(Event.objects.get(pk=event).body.encode())
        Leaf.objects.create(position=position, event_id=event, leaf_hash=digest)
    assert first_bad(verify())[:2] == (3, "node")


@pytest.mark.parametrize(("table", "kind"), [("ledger_node", "node"), ("ledger_checkpoint", "checkpoint")])
def test_a_changed_node_or_checkpoint_is_found(log: list[Event], table: str, kind: str) -> None:
    column = {"ledger_node": "node_hash", "ledger_checkpoint": "root"}[table]
    behind_the_back(f"UPDATE {table} SET {column} = %s", "0" * 64)  # noqa: S608
    assert first_bad(verify())[1] == kind


def test_a_removed_node_is_found(log: list[Event]) -> None:
    behind_the_back("DELETE FROM ledger_node WHERE number = 6")
    assert first_bad(verify())[:2] == (7, "node")


def cut_back_to(size: int) -> None:
    """Removes the end of the log as somebody would who knows the tables."""
    gone = list(Leaf.objects.filter(position__gte=size).values_list("event_id", flat=True))
    behind_the_back("DELETE FROM ledger_leaf WHERE position >= %s", size)
    behind_the_back("DELETE FROM ledger_node WHERE number >= %s", size - size.bit_count())
    for pk in gone:
        behind_the_back("DELETE FROM ledger_event WHERE id = %s", pk)


def test_a_cut_off_end_is_found_by_its_checkpoint(log: list[Event]) -> None:
    cut_back_to(8)
    report = verify()
    assert first_bad(report)[:2] == (8, "checkpoint")
    assert "the end is missing" in report.first_bad.reason


def test_a_cut_off_end_with_its_checkpoints_is_found_by_an_old_one(log: list[Event], shell: Actor) -> None:
    head = Checkpoint.objects.get()
    kept = notes.parse(head.note)
    cut_back_to(8)
    behind_the_back("DELETE FROM ledger_checkpoint")
    root = roots([(0, 8)], stored_nodes)[0]  # somebody who has the key as well signs what is left
    note = notes.sign(notes.Tree(kept.tree.origin, 8, root), signing_key(create=False), head.signed_at)
    Checkpoint.objects.create(size=8, root=root, signed_at=head.signed_at, key_id=head.key_id, note=note)
    assert verify().ok
    assert first_bad(verify(kept))[:2] == (8, "checkpoint")
    write_events(shell, 4)
    integrate()
    assert "altered" in verify(kept).first_bad.reason


def test_an_older_checkpoint_of_the_same_log_is_consistent(log: list[Event], shell: Actor) -> None:
    kept = notes.parse(Checkpoint.objects.get().note)
    write_events(shell, 5)
    integrate()
    assert verify(kept).ok


def test_a_checkpoint_by_another_key_is_refused(log: list[Event]) -> None:
    mine, head = key_file().read_bytes(), Checkpoint.objects.get()
    key_file().unlink()
    tree = notes.parse(head.note).tree
    forged = notes.sign(tree, signing_key(create=True), head.signed_at)
    key_file().write_bytes(mine)
    behind_the_back("UPDATE ledger_checkpoint SET note = %s", forged)
    assert first_bad(verify())[:2] == (10, "checkpoint")


def test_a_moved_signing_time_is_found(log: list[Event]) -> None:
    moment = Checkpoint.objects.get().signed_at - timedelta(days=1)
    behind_the_back("UPDATE ledger_checkpoint SET signed_at = %s", moment)
    assert first_bad(verify())[1] == "checkpoint"


def test_an_entry_hidden_before_the_first_place_is_found(log: list[Event], shell: Actor) -> None:
    write_events(shell, 1)
    Leaf.objects.create(position=-1, event=Event.objects.order_by("-id")[0], leaf_hash="0" * 64)
    assert first_bad(verify())[2] == "tree"


def test_more_entries_than_one_piece_are_verified(shell: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audits.ledger.verification.PIECE", 3)
    for count in (4, 1, 6):
        write_events(shell, count)
        head = integrate()
        for _ in range(5):
            integrate(now=Checkpoint.objects.order_by("-id")[0].signed_at + timedelta(seconds=300))
    report = verify()
    assert (report.ok, report.tree_size, report.root) == (True, 11, head.root)
    assert Node.objects.count() == 8


def test_upper_rooms_may_name_their_own_faults(log: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifiers, "_verifiers", {})
    verifiers.register("version", lambda: [verifiers.Fault("bank/letter@3", "the text was changed", 7)])
    assert first_bad(verify()) == (7, "version", "bank/letter@3")
    with pytest.raises(ValueError, match="twice"):
        verifiers.register("version", list)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO ledger_node (number, node_hash) VALUES (-1, '00')", "node"),
        (
            "INSERT INTO ledger_checkpoint (size, root, signed_at, key_id, note) "
            "SELECT -1, root, signed_at, key_id, note FROM ledger_checkpoint",
            "checkpoint",
        ),
    ],
)
def test_what_was_slipped_in_below_the_first_place_is_named(
    log: list[Event], statement: str, kind: str
) -> None:
    behind_the_back(statement)
    assert first_bad(verify())[1] == kind


def test_a_log_that_is_signed_for_the_first_time_meanwhile_is_sound(ten: None) -> None:
    """Its head was looked for before there was one."""
    done: list[str] = []

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if "ledger_leaf" in sql and not done:
            done.append(sql)
            integrate()
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert verify().first_bad is None
    assert done
    assert Checkpoint.objects.exists()
