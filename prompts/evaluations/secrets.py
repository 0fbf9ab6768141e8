"""Provider keys at rest: encrypted with keys that lie outside the database."""

from pathlib import Path

from audits.identity.errors import Conflict
from audits.identity.sealing import Seal, Unreadable

SEAL = Seal("provider.key", setting="PROVIDER_ENCRYPTION_KEYS")


class KeyLost(Conflict):
    """The stored key cannot be read with this portal's keys."""

    code = "key_lost"


def key_file() -> Path:
    """``DATA_DIR/keys/provider.key``: back it up apart from the database, without it stored keys are lost."""
    return SEAL.path


def encrypt(secret: str) -> str:
    """The secret as it is stored; empty stays empty."""
    return SEAL.encrypt(secret)


def decrypt(stored: str) -> str:
    """The secret again; raises ``KeyLost``."""
    try:
        return SEAL.decrypt(stored)
    except Unreadable:
        raise KeyLost("The provider's stored key cannot be read; enter it again.") from None
