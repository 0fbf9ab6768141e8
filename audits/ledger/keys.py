"""The key that signs checkpoints: a file beside the database, never in it."""

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings


class CannotSign(RuntimeError):
    """No checkpoint may be signed now; the text says why. What happens is recorded all the same."""


class KeyUnusable(CannotSign):
    """The key file is missing though it was used before, or holds no Ed25519 key."""


def key_file() -> Path:
    """Where the private key lies (mode 0600, in a folder of mode 0700)."""
    return Path(settings.DATA_DIR) / "keys" / "ledger.key"


def signing_key(*, create: bool) -> Ed25519PrivateKey:
    """The private key; made on first use where ``create`` is set.

    Of several processes that start together all get the key of the one that came first. Raises
    ``KeyUnusable`` where there is none and none may be made: a new key in place of a lost one would
    make every older checkpoint worthless without a word.
    """
    path = key_file()
    if create and not path.exists():
        _write_once(path, Ed25519PrivateKey.generate())
    return _load(path)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"The ledger's key {path.name} cannot be read: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path.name} holds no Ed25519 key.")
    return key


def public_key() -> Ed25519PublicKey:
    """The public half, for checking."""
    return signing_key(create=False).public_key()


def successor_file() -> Path:
    """Where the next private key lies from before the change until just after it."""
    return key_file().with_suffix(".next")


def make_successor() -> Ed25519PrivateKey:
    """A new private key, on the disk before anything is signed with it; one that was left there goes."""
    successor_file().unlink(missing_ok=True)
    _write_once(successor_file(), Ed25519PrivateKey.generate())
    return _load(successor_file())


def adopt_successor() -> None:
    """The next key takes the place of the one before, which is gone then."""
    os.replace(successor_file(), key_file())


def successor() -> Ed25519PrivateKey | None:
    """The next key where a change was cut off just before it took its place."""
    return _load(successor_file()) if successor_file().exists() else None


def _write_once(path: Path, key: Ed25519PrivateKey) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".ledger-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
