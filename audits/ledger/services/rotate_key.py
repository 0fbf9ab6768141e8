"""Give the log a new signing key; its name stays, and the old key vouches for the new one.

One checkpoint carries the signatures of both. The new private key is on the disk before anything is signed
with it, and takes the old one's place after the commit; cut off in between, the sequencer puts it there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from audits.ledger import keys, notes
from audits.ledger.events import KEY_CHANGED, KEY_REPLACED, EventKind
from audits.ledger.keyring import endorse
from audits.ledger.models import Checkpoint, KeyChange
from audits.ledger.selectors import newest_checkpoint
from audits.ledger.services.record_event import LedgerActor, record
from audits.ledger.services.sequence_events import integrate, keep_outside, lock


class NotRotated(Exception):
    """The key stays; the text says why."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What changes: under which name, from which line to which."""

    origin: str
    old: str
    new: str


@transaction.atomic
def rotate_key(*, actor: LedgerActor, reason: str) -> KeyChange:
    """A new key, for which the old one vouches. Raises ``NotRotated`` and ``CannotSign``."""
    lock(wait=True)
    head, old = _newest(), keys.signing_key(create=False)
    origin = notes.parse(head.note).tree.origin
    if notes.key_id(origin, old.public_key()) != head.key_id:
        raise keys.KeyUnusable("The key file does not hold the log's key.")
    new = keys.make_successor()
    change = _Change(*(origin, *(notes.verifier_key(origin, key.public_key()) for key in (old, new))))
    _note(KEY_CHANGED, actor, reason, change)
    last = integrate(wait=True)
    assert last is not None  # noqa: S101  there is one already
    moment = max(datetime.now(UTC).replace(microsecond=0), last.signed_at)
    note = notes.sign(notes.parse(last.note).tree, old, moment)
    signed = endorse(old, change.old, change.new, last.size, last.root)
    return _change(change, last, moment, notes.countersign(note, new, moment), new, signed)


@transaction.atomic
def replace_lost_key(*, actor: LedgerActor, reason: str, old_line: str) -> KeyChange:
    """A new key in place of one that is gone, for which nobody can vouch: the verification says so for ever.

    ``old_line`` is the lost key's public half, without which what it signed could not be checked any more.
    Raises ``NotRotated`` where the key is there, or the newest checkpoint is not signed by that line's.
    """
    lock(wait=True)
    head = _newest()
    origin = notes.parse(head.note).tree.origin
    try:
        notes.signed_at(notes.parse(head.note), notes.read_verifier_key(old_line)[1])
    except notes.BadNote as error:
        raise NotRotated(f"That line is not the lost key's: {error}") from error
    try:
        there = keys.signing_key(create=False)
    except keys.KeyUnusable:
        there = None
    if there is not None and notes.key_id(origin, there.public_key()) == head.key_id:
        raise NotRotated("The key is not lost: it is in its file. Rotate it without --lost.")
    new = keys.make_successor()
    change = _Change(origin, old_line.strip(), notes.verifier_key(origin, new.public_key()))
    _note(KEY_REPLACED, actor, reason, change)
    moment = max(datetime.now(UTC).replace(microsecond=0), head.signed_at)
    return _change(change, head, moment, notes.sign(notes.parse(head.note).tree, new, moment), new, "")


def _newest() -> Checkpoint:
    head = newest_checkpoint()
    if head is None:
        raise NotRotated("Nothing was signed yet: there is no key to change.")
    return head


def _note(kind: EventKind, actor: LedgerActor, reason: str, change: _Change) -> None:
    payload = {"old": change.old, "new": change.new}
    record(
        event=kind,
        actor=actor,
        subject_type="ledger",
        subject="the audit trail",
        reason=reason,
        payload=payload,
    )


def _change(
    change: _Change,
    last: Checkpoint,
    moment: datetime,
    note: str,
    new: Ed25519PrivateKey,
    endorsement: str,
) -> KeyChange:
    head = Checkpoint.objects.create(
        size=last.size,
        root=last.root,
        signed_at=moment,
        key_id=notes.key_id(change.origin, new.public_key()),
        note=note,
    )
    transaction.on_commit(keys.adopt_successor)
    transaction.on_commit(partial(keep_outside, change.origin, note))
    return KeyChange.objects.create(
        old=change.old,
        new=change.new,
        size=last.size,
        root=last.root,
        endorsement=endorsement,
        checkpoint=head.pk,
        changed_at=moment,
    )
