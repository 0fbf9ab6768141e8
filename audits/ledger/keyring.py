"""All keys of a log, oldest first, each vouched for by the one before it.

A change of keys is a statement that the old key signs: these two keys, at this tree. A signature of the new
key under a checkpoint would not do, as anybody can add one of his own to it. The last key must be the one in
the key file: so whoever only has the database can neither add a key nor take one away.
"""

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audits.ledger import notes
from audits.ledger.keys import KeyUnusable, public_key
from audits.ledger.models import Checkpoint, KeyChange

SIGNED = "imprimatur-key-change-v1"
"""The first line of the statement, so that it is never one of something else."""


def statement(old: str, new: str, size: int, root: str) -> bytes:
    """What the old key signs: both key lines, the tree's size and its root in hexadecimal, a line each."""
    return f"{SIGNED}\n{old}\n{new}\n{size}\n{root}\n".encode()


def endorse(key: Ed25519PrivateKey, old: str, new: str, size: int, root: str) -> str:
    """The old key's signature under the change, in base64."""
    return base64.b64encode(key.sign(statement(old, new, size, root))).decode()


@dataclass(frozen=True, slots=True)
class Keyring:
    """``lines`` are the keys, oldest first; ``changes`` lead from each to the next."""

    lines: tuple[str, ...]
    changes: tuple[KeyChange, ...]

    @property
    def unendorsed(self) -> int:
        """How many keys follow one that was lost, and are vouched for by nobody."""
        return sum(not change.endorsement for change in self.changes)

    def signed_at(self, head: Checkpoint, note: notes.Note) -> object:
        """The time of signing, by the key that was the log's at that checkpoint; raises ``BadNote``."""
        index = sum(change.checkpoint <= head.pk for change in self.changes)
        name, key = notes.read_verifier_key(self.lines[index])
        if head.key_id != notes.key_id(name, key):
            raise notes.BadNote("The key that it names was not the log's key at that time.")
        change = self.changes[index - 1] if index else None
        if change is not None and change.checkpoint == head.pk and change.endorsement:
            notes.signed_at(note, notes.read_verifier_key(self.lines[index - 1])[1])
        return notes.signed_at(note, key)

    def knows(self, note: notes.Note) -> bool:
        """Whether any key of the log has signed the note."""
        for line in self.lines:
            try:
                notes.signed_at(note, notes.read_verifier_key(line)[1])
            except notes.BadNote:
                continue
            return True
        return False


def keyring(origin: str) -> Keyring:
    """The log's keys. Raises ``KeyUnusable`` where one is not vouched for, or the last is not in the file."""
    current = notes.verifier_key(origin, public_key())
    changes = tuple(KeyChange.objects.order_by("checkpoint"))
    if not changes:
        return Keyring((current,), ())
    lines = (changes[0].old, *(change.new for change in changes))
    for change, old in zip(changes, lines, strict=False):
        if change.old != old or not _holds(change, origin):
            raise KeyUnusable(f"The {change} is not signed by the key before it.")
    if lines[-1] != current:
        raise KeyUnusable("The key file does not hold the last of the log's keys.")
    return Keyring(lines, changes)


def _holds(change: KeyChange, origin: str) -> bool:
    try:
        (name, old), (other, _) = map(notes.read_verifier_key, (change.old, change.new))
        if (name, other) != (origin, origin):
            return False
        if change.endorsement:
            told = statement(change.old, change.new, change.size, change.root)
            _verify(old, change.endorsement, told)
    except (notes.BadNote, InvalidSignature, binascii.Error):
        return False
    return True


def _verify(key: Ed25519PublicKey, signature: str, data: bytes) -> None:
    key.verify(base64.b64decode(signature, validate=True), data)
