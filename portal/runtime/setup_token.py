"""The one-time token with which the first administrator of an empty portal is made.

It lies in `DATA_DIR/setup-token` (mode 0600) and is printed on the terminal: whoever can read either runs
the machine anyway.
"""

import hmac
import secrets
from pathlib import Path

from portal.runtime.paths import data_dir
from portal.runtime.secrets import write_once


def create_if_needed() -> str:
    """The token that is waiting to be used; a new one if there is none."""
    write_once(_file(), secrets.token_urlsafe(32))
    return _read()


def check(token: str) -> bool:
    """True if *token* is the one that waits. Compared in constant time; False if none waits."""
    waiting = _read()
    return bool(waiting) and hmac.compare_digest(waiting.encode(), token.encode("utf-8", "replace"))


def consume() -> bool:
    """Use the token up. True for the one caller who did, False for everybody who comes after."""
    try:
        _file().unlink()
    except FileNotFoundError:
        return False
    return True


def _read() -> str:
    try:
        return _file().read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _file() -> Path:
    return data_dir() / "setup-token"


if __name__ == "__main__":
    print(f"/setup/?token={create_if_needed()}")
