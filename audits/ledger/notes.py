"""Signed checkpoints in the formats of C2SP: tlog-checkpoint inside signed-note, signed with Ed25519.

A note is the text (origin, size, base64 of the root, each with a line feed), an empty line, and signature
lines ``— <key name> <base64 of key id and signature>``. Two are written: the log's own, and by the same key a
*cosignature/v1* (C2SP tlog-cosignature), which carries the time of signing, as the text has no place for it.
Pure, but for the signatures of the ``cryptography`` package.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, COSIGNATURE = b"\x01", b"\x04"
"""Signature types that enter the key id."""
DASH = "\N{EM DASH} "
LONGEST = 100_000


class BadNote(ValueError):
    """The text is no checkpoint, or its signature is not by the key asked for."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What a checkpoint says: whose log, how many leaves, which root (hexadecimal)."""

    origin: str
    size: int
    root: str

    @property
    def text(self) -> str:
        """The signed lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(bytes.fromhex(self.root)).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: the tree and its signature lines as (key name, key id and signature)."""

    tree: Tree
    signatures: tuple[tuple[str, bytes], ...]


def key_hash(name: str, kind: bytes, key: Ed25519PublicKey) -> bytes:
    """The four bytes that name a key in a note (signed-note, "Signatures")."""
    return hashlib.sha256(name.encode() + b"\n" + kind + key.public_bytes_raw()).digest()[:4]


def key_id(name: str, key: Ed25519PublicKey) -> str:
    """The log's key id as eight hexadecimal digits."""
    return key_hash(name, LOG, key).hex()


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as a line for other programs: ``<name>+<key id>+<base64 of type and key>``."""
    return f"{name}+{key_id(name, key)}+{base64.b64encode(LOG + key.public_bytes_raw()).decode()}"


def read_verifier_key(line: str) -> tuple[str, Ed25519PublicKey]:
    """Name and key of such a line; raises ``BadNote``."""
    name, _, rest = line.strip().partition("+")
    try:
        raw = base64.b64decode(rest.partition("+")[2], validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
        if verifier_key(name, key) != line.strip():
            raise ValueError("its parts do not belong together")
    except (ValueError, binascii.Error) as error:
        raise BadNote(f"This is no public key of a log: {error}.") from error
    return name, key


def _stamped(stamp: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {stamp}\n{text}".encode()


def sign(tree: Tree, key: Ed25519PrivateKey, moment: datetime) -> str:
    """The note over ``tree``, with the signing time in whole seconds."""
    stamp, public = int(moment.timestamp()), key.public_key()
    plain = key_hash(tree.origin, LOG, public) + key.sign(tree.text.encode())
    timed = key_hash(tree.origin, COSIGNATURE, public) + struct.pack(">Q", stamp)
    timed += key.sign(_stamped(stamp, tree.text))
    lines = [f"{DASH}{tree.origin} {base64.b64encode(raw).decode()}\n" for raw in (plain, timed)]
    return f"{tree.text}\n{''.join(lines)}"


def countersign(note: str, key: Ed25519PrivateKey, moment: datetime) -> str:
    """The same note with the signatures of another key besides."""
    return note + sign(parse(note).tree, key, moment).partition("\n\n")[2]


def parse(text: str) -> Note:
    """Reads a note; its signature lines may be missing, as in an e-mail's footer or a header's single line.

    Raises ``BadNote`` where the text is no checkpoint.
    """
    body, _, tail = text.replace("\r\n", "\n").partition("\n\n")
    lines = body.strip("\n").split("\n")
    lines = lines[0].split() if len(lines) == 1 else lines
    try:
        if len(text) > LONGEST or len(lines) < 3 or not lines[0].strip():
            raise ValueError("it has no three lines")
        if not lines[1].isascii() or not lines[1].isdigit() or (len(lines[1]) > 1 and lines[1][0] == "0"):
            raise ValueError("its second line is no size")
        root = base64.b64decode(lines[2], validate=True)
        if len(root) != 32:
            raise ValueError("its third line is no SHA-256")
        signatures = tuple(_signature(line) for line in tail.strip("\n").split("\n") if line)
    except (ValueError, binascii.Error) as error:
        raise BadNote(f"This is no checkpoint: {error}.") from error
    return Note(Tree(lines[0], int(lines[1]), root.hex()), signatures)


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not encoded:
        raise ValueError("a signature line is broken")
    return name, base64.b64decode(encoded, validate=True)


def signed_at(note: Note, key: Ed25519PublicKey) -> datetime:
    """The time of signing. Raises ``BadNote`` unless both signatures are there and by ``key``."""
    tree, found = note.tree, dict.fromkeys((LOG, COSIGNATURE), b"")
    for name, raw in note.signatures:
        for kind in found:
            if name == tree.origin and raw[:4] == key_hash(name, kind, key):
                found[kind] = raw[4:]
    try:
        key.verify(found[LOG], tree.text.encode())
        stamp = int.from_bytes(found[COSIGNATURE][:8], "big")
        key.verify(found[COSIGNATURE][8:], _stamped(stamp, tree.text))
        return datetime.fromtimestamp(stamp, UTC)
    except (InvalidSignature, OverflowError, ValueError, OSError) as error:
        raise BadNote("The checkpoint is not signed by this log's key.") from error
