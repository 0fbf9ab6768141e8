"""Secrets at rest: encrypted with keys that lie in a file of their own, outside the database."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(ValueError):
    """What is stored cannot be read with this portal's keys."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Encrypts with the newest of its keys, decrypts with any of them.

    The keys are those of ``setting``, the name of a Django setting that lists them, newest first, and those
    of the file ``DATA_DIR/keys/<name>``, one a line, newest first. Without a setting the first use makes the
    file with one key.
    """

    name: str
    setting: str = ""

    @property
    def path(self) -> Path:
        """Where the keys lie (mode 0600, in a folder of mode 0700)."""
        return Path(settings.DATA_DIR) / "keys" / self.name

    @property
    def told_keys(self) -> list[bytes]:
        """The keys of the setting; empty where the file alone holds keys."""
        return [key.encode() for key in getattr(settings, self.setting, [])] if self.setting else []

    def _keys(self) -> list[bytes]:
        told = self.told_keys
        if not told and not self.path.exists():
            self._make()
        return told + (self.path.read_bytes().split() if self.path.exists() else [])

    def _make(self) -> None:
        draft = self._draft([Fernet.generate_key()])
        # A hard link fails where another process was first: then its key is the one.
        with contextlib.suppress(FileExistsError):
            os.link(draft, self.path)
        draft.unlink()

    def _draft(self, keys: list[bytes]) -> Path:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path.with_name(f".{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b"\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        return draft

    def renew(self) -> None:
        """Puts a new key before those of the file."""
        self._draft([Fernet.generate_key(), *self._keys()]).replace(self.path)

    def forget_old(self) -> None:
        """Leaves the newest key alone in the file; none of them where a setting tells the newest."""
        keep = [] if self.told_keys else self._keys()[:1]
        if keep:
            self._draft(keep).replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def encrypt(self, secret: str) -> str:
        """The secret as it is stored; empty stays empty."""
        return Fernet(self._keys()[0]).encrypt(secret.encode()).decode() if secret else ""

    def decrypt(self, stored: str, *, newest_only: bool = False) -> str:
        """The secret again; raises ``Unreadable``."""
        if not stored:
            return ""
        try:
            keys = self._keys()[: 1 if newest_only else None]
            return MultiFernet([Fernet(key) for key in keys]).decrypt(stored.encode()).decode()
        except (InvalidToken, ValueError):
            raise Unreadable(f"It was not encrypted with {self.name}.") from None
