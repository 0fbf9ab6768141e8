"""The sequencer gives every event one place, whoever runs it and in whatever order transactions commit."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from audits.identity.actors import Actor
from audits.identity.events import KEY_CREATED
from audits.ledger import merkle, notes
from audits.ledger.keys import KeyUnusable, key_file, public_key
from audits.ledger.models import Checkpoint, Event, Leaf, Node
from audits.ledger.selectors import consistency_proof, inclusion_proof, newest_checkpoint
from audits.ledger.services import integrate, record
from audits.ledger.services.sequence_events import CHECKPOINT_SECONDS
from audits.ledger.tasks import integrate_events
from tests.ledger.helpers import behind_the_back, write_events

pytestmark = pytest.mark.django_db


def positions() -> list[int]:
    return list(Leaf.objects.order_by("position").values_list("position", flat=True))


def test_events_get_gapless_places_and_a_signed_root(ten: None) -> None:
    head = integrate()
    assert positions() == list(range(10))
    frontier = merkle.Frontier()
    for body in Event.objects.order_by("id").values_list("body", flat=True):
        frontier.append(merkle.leaf_hash(body.encode()))
    assert (head.size, head.root) == (10, frontier.root)
    assert notes.signed_at(notes.parse(head.note), public_key()) == head.signed_at


def test_the_task_does_the_same_and_twice_changes_nothing(ten: None) -> None:
    integrate_events()
    before = (Leaf.objects.count(), Node.objects.count(), Checkpoint.objects.count())
    integrate_events()
    assert before == (Leaf.objects.count(), Node.objects.count(), Checkpoint.objects.count()) == (10, 8, 1)


def test_an_entry_that_was_slipped_in_with_a_negative_number_gets_its_place(ten: None) -> None:
    """Else it would wait for ever: what it tells of rows would count, and the trail would never show it."""
    behind_the_back("UPDATE ledger_event SET id = -7 WHERE id = (SELECT max(id) FROM ledger_event)")
    integrate()
    assert positions() == list(range(10))


def test_the_tree_grows_over_batches_as_if_made_at_once(
    shell: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audits.ledger.services.sequence_events.BATCH", 3)
    for count in (1, 5, 2, 9):
        write_events(shell, count)
        integrate()
    frontier = merkle.Frontier()
    nodes = [node for leaf in Leaf.objects.order_by("position") for node in frontier.append(leaf.leaf_hash)]
    stored = Node.objects.order_by("number").values_list("number", "node_hash")
    assert list(stored) == list(enumerate(nodes))
    assert newest_checkpoint().root == frontier.root


def test_every_entry_and_every_older_checkpoint_is_proven_from_storage(shell: Actor) -> None:
    for count in (1, 2, 4, 6):
        write_events(shell, count)
        integrate()
    head = newest_checkpoint()
    proofs = [inclusion_proof(position, head.size) for position in range(13)]
    assert {proof.root for proof in proofs} == {head.root}
    for old in Checkpoint.objects.all():
        path = consistency_proof(old.size, head.size)
        assert merkle.is_consistent(old.size, old.root, head.size, head.root, path)


def test_a_proof_reads_few_rows_with_two_queries(shell: Actor, django_assert_num_queries) -> None:
    write_events(shell, 40)
    integrate()
    with django_assert_num_queries(2):
        proof = inclusion_proof(17, 40)
    assert [step.side for step in proof.steps] == ["left", "right", "right", "right", "left", "right"]


def test_an_event_that_becomes_visible_late_is_still_sequenced(
    ten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Event.objects.order_by("id")[3]
    unseen = Event.objects.filter(leaf__isnull=True).exclude(pk=late.pk).order_by("id")
    with monkeypatch.context() as patch:
        patch.setattr("audits.ledger.services.sequence_events.unsequenced", lambda now, everything: unseen)
        integrate()
    assert Leaf.objects.order_by("-event_id")[0].event_id > late.pk
    integrate()
    assert late.leaf.position == 9


def test_a_checkpoint_is_signed_in_every_span_also_with_nothing_new(ten: None) -> None:
    first = integrate()
    later = first.signed_at + timedelta(seconds=CHECKPOINT_SECONDS)
    second = integrate(now=later)
    assert (second.size, second.root, second.signed_at) == (10, first.root, later)


def test_an_idle_portal_writes_nothing_within_the_span(ten: None, django_assert_max_num_queries) -> None:
    integrate()
    with django_assert_max_num_queries(4) as queries:
        integrate()
    assert not [query for query in queries.captured_queries if query["sql"].startswith("INSERT")]


def test_a_lost_key_is_not_replaced_in_silence(ten: None, shell: Actor) -> None:
    integrate()
    kept = key_file().read_bytes()
    key_file().unlink()
    write_events(shell, 1)
    try:
        with pytest.raises(KeyUnusable, match="cannot be read"):
            integrate()
        assert Leaf.objects.count() == 10
    finally:
        key_file().touch(0o600)
        key_file().write_bytes(kept)


def test_the_key_is_for_its_owner_alone(ten: None) -> None:
    integrate()
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert key_file().parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db(transaction=True)
def test_writers_and_two_sequencers_at_once_lose_and_double_nothing(shell: Actor) -> None:
    errors: list[Exception] = []

    def guarded(work) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  any of them fails the test
            errors.append(error)
        finally:
            connection.close()

    writers = [lambda: write_events(shell, 15) for _ in range(4)]
    sequencers = [lambda: [integrate() for _ in range(15)] for _ in range(2)]
    threads = [threading.Thread(target=guarded, args=[work]) for work in writers + sequencers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    integrate(wait=True)
    assert not errors
    assert positions() == list(range(60))
    assert set(Leaf.objects.values_list("event", flat=True)) == set(
        Event.objects.values_list("id", flat=True)
    )


def test_what_is_rolled_back_never_enters_the_tree(ten: None, shell: Actor) -> None:
    with transaction.atomic():
        record(event=KEY_CREATED, actor=shell, subject_type="key", subject="undone")
        transaction.set_rollback(True)
    assert integrate().size == 10
