"""Where the portal keeps its embedded database, broker, keys and files.

Everything derives from the environment at call time, so that a test may point it elsewhere.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: the folder that holds `manage.py`."""

MAX_SOCKET_BYTES = 100
"""Unix socket addresses hold about 107 bytes on Linux and 103 on macOS; this leaves a margin."""


def data_dir() -> Path:
    """The folder of everything that must survive a restart (`DATA_DIR`, default `var/` in the checkout).

    Created with mode 0700 when missing; relative values are relative to the checkout.
    """
    folder = ROOT / os.path.expanduser(os.environ.get("DATA_DIR") or "var")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.resolve()


def run_dir() -> Path:
    """The folder of what is true only while the portal runs (lock, addresses of embedded services)."""
    return _private_folder(data_dir() / "run")


def broker_dir() -> Path:
    """The folder of the embedded broker's append-only file."""
    return _private_folder(data_dir() / "broker")


def broker_socket() -> Path:
    """The Unix socket of the embedded broker.

    It lies beside the broker's data where the path is short enough, else in a private temporary folder
    whose name is derived from the data folder, so that every process of one portal finds the same.

    Raises PermissionError if that temporary folder exists and belongs to somebody else.
    """
    socket = broker_dir() / "broker.sock"
    if len(os.fsencode(socket)) <= MAX_SOCKET_BYTES:
        return socket
    key = hashlib.sha256(os.fsencode(data_dir())).hexdigest()[:12]
    return _private_folder(_short_temporary_folder() / f"imprimatur-{os.getuid()}-{key}") / "broker.sock"


def broker_url() -> str:
    """The broker's address as Celery wants it: `REDIS_URL`, else `redis+socket://` and the socket's path."""
    return os.environ.get("REDIS_URL") or socket_url(broker_socket())


def socket_url(socket: Path) -> str:
    """The Celery address of a broker on that socket."""
    return f"redis+socket://{socket}"


def _short_temporary_folder() -> Path:
    folder = Path(tempfile.gettempdir())
    return folder if len(os.fsencode(folder)) <= MAX_SOCKET_BYTES - 50 else Path("/tmp")  # noqa: S108


def _private_folder(folder: Path) -> Path:
    """Create the folder for this user alone; refuse one that another user put there first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else; set TMPDIR or a shorter DATA_DIR")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder
