"""What is checked before anything is started: one portal per data folder, a free port, a safe address."""

import errno
import fcntl
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.runtime.paths import data_dir, run_dir


class CannotStart(RuntimeError):
    """The portal cannot start as configured; the message says why and what to change."""


def is_loopback(host: str) -> bool:
    """True if only this machine can reach that host name or address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_port(host: str, port: int) -> None:
    """Raise CannotStart unless this process may listen on that address now."""
    if not 1 <= port <= 65535:
        raise CannotStart(f"PORT={port} is not a port: choose one from 1024 to 65535.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotStart(f"HOST={host} is not an address of this machine: {error.strerror}.") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except PermissionError as error:
            raise CannotStart(f"Port {port} needs more rights than yours: choose one above 1023.") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise CannotStart(f"HOST={host} is not an address of this machine.") from error
            raise CannotStart(
                f"Port {port} on {host} is taken by another program. Stop it, or choose another port: "
                f"PORT={port + 1} make run"
            ) from error


def check_demo(host: str, demo: bool) -> None:
    """Raise CannotStart if demo log-ins would be open to other machines."""
    if is_loopback(host):
        return
    if demo:
        raise CannotStart(
            f"The demo log-ins are printed on the terminal, so they are refused on HOST={host}. "
            "Use DEMO=0 for an empty portal, or leave HOST at 127.0.0.1."
        )
    if (logins := data_dir() / "demo-logins.json").exists():
        raise CannotStart(
            f"{logins} says that this portal has demo log-ins; they are refused on HOST={host}. "
            "Use another DATA_DIR (and DATABASE_URL)."
        )


@contextmanager
def only_one(address: str) -> Iterator[None]:
    """Hold the data folder for this process; raise CannotStart if another portal runs on it.

    The kernel gives the lock back when the process ends, however it ends.
    """
    path: Path = run_dir() / "portal.lock"
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = file.read().strip() or "another process"
            raise CannotStart(f"A portal runs on {data_dir()} already: {holder}.") from error
        file.truncate()
        file.write(f"process {os.getpid()}, {address}")
        file.flush()
        yield
        file.seek(0)
        file.truncate()
