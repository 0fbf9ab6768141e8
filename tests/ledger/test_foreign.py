"""An implementation that we did not write accepts what the log hands out, and refuses what was altered.

``proofbundle`` (MIT) reads tlog-proof, tlog-checkpoint and tlog-cosignature of C2SP, hashed as in RFC 6962.
"""

import base64

import pytest
from proofbundle.checkpoint import cosign_vkey, verify_checkpoint, verify_cosignature
from proofbundle.tlogproof import verify_tlog_proof

from audits.identity.actors import Actor
from audits.ledger import notes
from audits.ledger.keys import public_key
from audits.ledger.models import Checkpoint, Event
from audits.ledger.proof_files import tlog_proof
from audits.ledger.services import integrate
from tests.ledger.helpers import write_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(shell: Actor) -> Checkpoint:
    """Eleven entries in the tree: no power of two."""
    write_events(shell, 11)
    return integrate()


def key_line(head: Checkpoint) -> str:
    return notes.verifier_key(notes.parse(head.note).tree.origin, public_key())


def test_it_accepts_the_checkpoint_and_its_time(head: Checkpoint) -> None:
    origin = notes.parse(head.note).tree.origin
    found = verify_checkpoint(head.note, key_line(head))
    assert (found["ok"], found["origin"], found["tree_size"], found["root"].hex()) == (
        True,
        origin,
        11,
        head.root,
    )
    timed = verify_cosignature(head.note, cosign_vkey(origin, public_key().public_bytes_raw()))
    assert (timed["ok"], timed["timestamp"]) == (True, int(head.signed_at.timestamp()))


def test_it_accepts_the_proof_of_every_entry_from_its_bytes(head: Checkpoint) -> None:
    for position, body in enumerate(Event.objects.order_by("id").values_list("body", flat=True)):
        found = verify_tlog_proof(tlog_proof(position, head), body.encode(), key_line(head))
        assert (found["ok"], found["index"]) == (True, position)


def test_it_refuses_another_entry_another_key_and_a_changed_proof(head: Checkpoint) -> None:
    bodies = list(Event.objects.order_by("id").values_list("body", flat=True))
    proof, line = tlog_proof(3, head), key_line(head)
    other = base64.b64encode(bytes(32)).decode()
    lines = proof.split("\n")
    changed = "\n".join([*lines[:2], other, *lines[3:]])
    stranger = notes.verifier_key("imprimatur.ledger/other", public_key())
    for text, body, key in (
        (proof, bodies[4], line),
        (proof, bodies[3] + " ", line),
        (changed, bodies[3], line),
        (proof.replace("index 3", "index 4"), bodies[3], line),
        (proof.replace("\n11\n", "\n12\n"), bodies[3], line),
        (proof, bodies[3], stranger),
    ):
        assert not verify_tlog_proof(text, body.encode(), key)["ok"]
