"""Provider keys at rest: encrypted with a key that lies in a file of its own, outside the database."""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from audits.identity.errors import Conflict


class KeyLost(Conflict):
    """The stored key cannot be read with this portal's key file."""

    code = "key_lost"


def key_file() -> Path:
    """``DATA_DIR/keys/provider.key``: back it up apart from the database, without it stored keys are lost."""
    return Path(settings.DATA_DIR) / "keys" / "provider.key"


def _fernet() -> Fernet:
    path = key_file()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails where another process was first: then its key is the one.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return Fernet(path.read_bytes())


def encrypt(secret: str) -> str:
    """The secret as it is stored; empty stays empty."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def decrypt(stored: str) -> str:
    """The secret again; raises ``KeyLost``."""
    if not stored:
        return ""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except (InvalidToken, ValueError):
        raise KeyLost("The provider's stored key cannot be read; enter it again.") from None
