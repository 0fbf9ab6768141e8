"""Secrets that the portal makes for itself on its first start and keeps in the data folder."""

import os
import re
import secrets
import tempfile
from pathlib import Path

from portal.runtime.paths import data_dir


def load_or_create(name: str, nbytes: int = 48) -> str:
    """The secret called *name*: from the environment (upper case) if set there, else from a file.

    The file `DATA_DIR/<name>` has mode 0600 and appears whole or not at all: when several processes start
    together, all of them get the text of the one that came first.

    Args:
        name: lower-case letters, digits and underscores, such as `secret_key`.
        nbytes: randomness of a new secret, in bytes; its text is URL-safe base64.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"not a name for a secret: {name!r}")
    if given := os.environ.get(name.upper()):
        return given
    path = data_dir() / name
    for _ in range(2):
        try:
            if text := path.read_text(encoding="ascii").strip():
                return text
            raise ValueError(f"{path} is empty; delete it to have a new secret made")
        except FileNotFoundError:
            write_once(path, secrets.token_urlsafe(nbytes))
    raise OSError(f"{path} can be neither read nor created")


def write_once(path: Path, text: str) -> bool:
    """Put *text* into a new file of mode 0600, durably. False, and no change, if the file exists."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        return False
    finally:
        os.unlink(draft)
    return True
