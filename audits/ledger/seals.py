"""Seals notes of how far work on the log has come, with the ledger's key, which is not in the database.

Whoever owns the database could else write such a note himself and have what he altered passed by.
"""

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature

from audits.ledger.canonical import canonical_json
from audits.ledger.keys import KeyUnusable, public_key, signing_key


def seal(purpose: str, told: Mapping[str, object]) -> str:
    """A signature over these values, in Base64. Raises ``KeyUnusable`` without the key.

    ``purpose`` stands before them, so that a seal is never the signature of a checkpoint or of other work.
    """
    return base64.b64encode(signing_key(create=False).sign(_sealed(purpose, told))).decode()


def is_sealed(purpose: str, told: Mapping[str, object], seal: str) -> bool:
    """Whether this log's key made the seal for exactly these values; False without the key."""
    try:
        public_key().verify(base64.b64decode(seal, validate=True), _sealed(purpose, told))
    except (InvalidSignature, binascii.Error, KeyUnusable):
        return False
    return True


def _sealed(purpose: str, told: Mapping[str, object]) -> bytes:
    return f"imprimatur-{purpose}-v1\n".encode() + canonical_json(dict(told))
