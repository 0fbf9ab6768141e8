"""Secrets at rest: encrypted with a key that lies in a file of its own, outside the database."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unreadable(ValueError):
    """What is stored cannot be read with this portal's key file."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Encrypts and decrypts with ``DATA_DIR/keys/<name>``, which the first use makes."""

    name: str

    @property
    def path(self) -> Path:
        """Where the key lies (mode 0600, in a folder of mode 0700)."""
        return Path(settings.DATA_DIR) / "keys" / self.name

    def _fernet(self) -> Fernet:
        path = self.path
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

    def encrypt(self, secret: str) -> str:
        """The secret as it is stored; empty stays empty."""
        return self._fernet().encrypt(secret.encode()).decode() if secret else ""

    def decrypt(self, stored: str) -> str:
        """The secret again; raises ``Unreadable``."""
        if not stored:
            return ""
        try:
            return self._fernet().decrypt(stored.encode()).decode()
        except (InvalidToken, ValueError):
            raise Unreadable(f"It was not encrypted with {self.name}.") from None
