"""One child process: its command line, its life, and its output line by line."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, cast

from portal.runtime.paths import ROOT

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Spec:
    """What to run. `grace` is how long, in seconds, it may take to end after SIGTERM."""

    name: str
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    grace: float = 10


class Child:
    """A started Spec, in a session and process group of its own, so that Ctrl-C reaches the supervisor only.

    On Linux the kernel sends it SIGTERM if the supervisor dies; start it from a process with one thread.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.started = time.monotonic()
        self._rest = b""
        self.process = subprocess.Popen(
            spec.argv,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **spec.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_follow_parent(os.getpid()),
        )
        self.pipe = cast(IO[bytes], self.process.stdout)
        os.set_blocking(self.pipe.fileno(), False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def read_lines(self) -> list[str] | None:
        """The lines that came since the last call, control characters made visible; None at the end."""
        try:
            chunk = os.read(self.pipe.fileno(), 65536)
        except BlockingIOError:
            return []
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > 65536:
            lines, self._rest = [*lines, self._rest], b""
        return [visible(line) for line in lines]

    def exit_code(self) -> int | None:
        """The exit status (negative: the signal that ended it), None while it runs."""
        return self.process.poll()

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the child and to everything that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask the child alone to end; it winds up its own children."""
        if self.exit_code() is None:
            self.process.terminate()


def visible(line: bytes) -> str:
    """One line of a log as text that cannot command the terminal."""
    text = line.decode("utf-8", "backslashreplace").rstrip("\r")
    return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def describe_exit(code: int) -> str:
    """An exit status in words."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"


def _follow_parent(parent: int) -> Callable[[], None] | None:
    if LIBC is None:
        return None

    def before_exec() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return before_exec
