"""Keeps a set of processes running side by side on one terminal, until it is told to stop.

One thread, one loop: it reads what the children say, restarts those that die, and on SIGINT, SIGTERM or
SIGHUP ends them in the reverse order of their start. A later second signal ends them at once.
"""

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from portal.runtime.children import Child, Spec, describe_exit

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = (36, 35, 33, 32, 34)
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
STEADY = 60.0
"""Seconds after which a child counts as healthy and its next restart waits the first delay only."""

SAME_REQUEST = 1.5
"""Seconds within which several signals count as one."""


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


class Supervisor:
    """Runs children; every public method but `stop` raises Stopped once a stop was asked for."""

    def __init__(self, on_start: Callable[[dict[str, int]], None] = lambda pids: None) -> None:
        """*on_start* is told the process ids by name whenever a process was started."""
        self._on_start = on_start
        self._kept: dict[str, Spec] = {}
        self._running: dict[str, Child] = {}
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._order: list[str] = []
        self._codes: dict[str, int] = {}
        self._asked = 0
        self._last_signal = float("-inf")
        self._selector = selectors.DefaultSelector()
        self._colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Within this block a signal asks for a stop instead of ending the process."""
        before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def keep(self, spec: Spec) -> None:
        """Start a process and start it again, with growing pauses, whenever it dies."""
        self._kept[spec.name] = spec
        self._start(spec)

    def run(self, spec: Spec) -> int:
        """Run a process to its end, while the others go on, and return its exit status."""
        self._start(spec)
        while spec.name in self._running:
            self.tick()
        return self._codes.pop(spec.name)

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Let the children run until the condition holds; False if it does not within that time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.tick()
        return True

    def forever(self) -> None:
        """Keep everything running until a stop is asked for."""
        while True:
            self.tick()

    def deaths(self, name: str) -> int:
        """How often in a row that process died soon after its start."""
        return self._deaths.get(name, 0)

    def pids(self) -> dict[str, int]:
        """The process ids of what runs now, by name."""
        return {name: child.pid for name, child in self._running.items()}

    def tick(self) -> None:
        """One turn of the loop, at most 0.2 seconds."""
        if self._asked:
            raise Stopped
        self._turn()
        now = time.monotonic()
        for name in [name for name, due in self._due.items() if due <= now]:
            del self._due[name]
            self.say("portal", f"starting {name} again")
            self._start(self._kept[name])

    def stop(self) -> None:
        """End every child, the newest first, each with its own time of grace; nothing is left behind."""
        self._kept.clear()
        self._due.clear()
        for name in reversed(self._order):
            if child := self._running.get(name):
                self.say("portal", f"stopping {name}")
                child.terminate()
                end = time.monotonic() + child.spec.grace
                while name in self._running and time.monotonic() < end and self._asked < 2:
                    self._turn()
                if name in self._running:
                    self.say("portal", f"{name} did not end in time and is killed")
                child.signal_group(signal.SIGKILL)
                while name in self._running:
                    self._turn()

    def say(self, name: str, line: str) -> None:
        """Print one line under that name."""
        label = f"{name:>7} |"
        if self._colour and name in self._order:
            label = f"\x1b[{COLOURS[self._order.index(name) % len(COLOURS)]}m{label}\x1b[0m"
        with suppress(OSError):  # the terminal is gone: run on, as a service would
            print(label, line, flush=True)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        # make passes on what the terminal or a service manager has sent to all: that is one request.
        if now - self._last_signal > SAME_REQUEST:
            self._asked += 1
        self._last_signal = now

    def _start(self, spec: Spec) -> None:
        child = Child(spec)
        self._running[spec.name] = child
        if spec.name not in self._order:
            self._order.append(spec.name)
        self._selector.register(child.pipe, selectors.EVENT_READ, child)
        self._on_start(self.pids())

    def _turn(self) -> None:
        """Print what came in, then bury the dead."""
        for key, _ in self._selector.select(timeout=0.2):
            self._print(key.data)
        for child in list(self._running.values()):
            if (code := child.exit_code()) is not None:
                self._bury(child, code)

    def _print(self, child: Child) -> bool:
        lines = child.read_lines()
        if lines is None:
            self._selector.unregister(child.pipe)
            return False
        for line in lines:
            self.say(child.spec.name, line)
        return bool(lines)

    def _bury(self, child: Child, code: int) -> None:
        name = child.spec.name
        child.signal_group(signal.SIGKILL)  # what it had started must not outlive it
        while child.pipe in self._selector.get_map() and self._print(child):
            pass
        if child.pipe in self._selector.get_map():
            self._selector.unregister(child.pipe)
        child.pipe.close()
        del self._running[name]
        if name not in self._kept:
            self._codes[name] = code
            return
        steady = time.monotonic() - child.started >= STEADY
        self._deaths[name] = 1 if steady else self._deaths.get(name, 0) + 1
        delay = min(FIRST_DELAY * 2 ** (self._deaths[name] - 1), LONGEST_DELAY)
        self._due[name] = time.monotonic() + delay
        self.say("portal", f"{name} {describe_exit(code)}; starting it again in {delay:g} s")
