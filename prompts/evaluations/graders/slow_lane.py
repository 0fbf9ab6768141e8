"""Work that may take for ever, done by a child process that is ended when it does.

Patterns and schemas are written by people: some patterns take longer than the universe has. Python's ``re``
cannot be interrupted by a thread, a child process can be killed. One child serves a whole process.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("slow_child.py")
START_SECONDS = 20.0
WARM_UP: dict[str, dict[str, Any]] = {
    "search": {"op": "search", "pattern": "", "text": ""},
    "schema": {"op": "schema", "schema": True, "document": None},
}


class BadPattern(ValueError):
    """The pattern or the schema itself is faulty."""


class SlowLane:
    """A child process spoken to in JSON lines; started when first needed, and again after it was ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._warm: set[str] = set()
        self._owner = 0

    def search(self, pattern: str, text: str, *, seconds: float) -> bool:
        """Whether ``re.search`` finds the pattern; raises ``BadPattern``, ``TimeoutError``."""
        return bool(self._ask({"op": "search", "pattern": pattern, "text": text}, seconds))

    def schema_faults(self, schema: Any, document: Any, *, seconds: float) -> list[str]:
        """What a JSON Schema has against a document; raises ``BadPattern`` (the schema), ``TimeoutError``."""
        found: list[str] = self._ask({"op": "schema", "schema": schema, "document": document}, seconds)
        return found

    def _ask(self, question: dict[str, Any], seconds: float) -> Any:
        with self._lock:
            child = self._running()
            if question["op"] not in self._warm:
                # The child's start and imports are not the pattern's fault.
                self._exchange(child, WARM_UP[question["op"]], START_SECONDS)
                self._warm.add(question["op"])
            answer = self._exchange(child, question, seconds)
        if "error" in answer:
            raise BadPattern(answer["error"])
        return answer["found"]

    def _exchange(self, child: "subprocess.Popen[str]", question: dict[str, Any], seconds: float) -> Any:
        assert child.stdin  # noqa: S101  it was asked for
        assert child.stdout  # noqa: S101  it was asked for
        ended = threading.Event()

        def end() -> None:
            ended.set()
            child.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        raw = ""
        try:
            with contextlib.suppress(OSError, ValueError):
                child.stdin.write(json.dumps(question) + "\n")
                child.stdin.flush()
                raw = child.stdout.readline()
        finally:
            timer.cancel()
        if raw:
            return json.loads(raw)
        self._forget()
        if ended.is_set():
            raise TimeoutError
        raise BadPattern("it could not be evaluated")

    def _running(self) -> "subprocess.Popen[str]":
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            self._warm = set()
            self._owner = os.getpid()
            self._child = subprocess.Popen(
                [sys.executable, "-I", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="ascii",
            )
        return self._child

    def _forget(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    pipe and pipe.close()
        self._child = None


LANE = SlowLane()
