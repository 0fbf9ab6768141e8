"""Work that may take for ever, done by a child process that is ended when it does.

Patterns, schemas, templates and expressions are written by people, and what is parsed by models: some of it
takes longer than the universe has. A thread cannot be interrupted, a child process can be killed. One child
serves a whole process. What provably ends soon is done at once, by the same code.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from prompts.evaluations.graders import quick_patterns, quick_schemas

CHILD = Path(__file__).parent / "slow" / "child.py"
START_SECONDS = 20.0
CHARACTERS_A_SECOND = 20_000_000
"""How fast a long text is handed over; that much is granted on top of the time for the work."""
WARM_UP: dict[str, dict[str, Any]] = {
    "search": {"pattern": "", "text": ""},
    "schema": {"schema": True, "document": None},
    "template": {"text": "", "vars": {}},
    "cel": {"expression": "true", "data": {}},
    "html": {"text": "<p></p>"},
    "sql": {"text": "select 1", "dialect": "mysql"},
}


class BadPattern(ValueError):
    """The pattern, schema, template or expression itself is faulty."""


class SlowLane:
    """A child process spoken to in JSON lines; started when first needed, and again after it was ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._warm: set[str] = set()
        self._owner = 0

    def search(self, pattern: str, text: str, *, seconds: float) -> bool:
        """Whether ``re.search`` finds the pattern; raises ``BadPattern``, ``TimeoutError``."""
        quick = quick_patterns.found(pattern, text)
        return quick if quick is not None else bool(self.ask("search", seconds, pattern=pattern, text=text))

    def schema_faults(self, schema: Any, document: Any, *, seconds: float) -> list[str]:
        """What a JSON Schema has against a document; raises ``BadPattern`` (the schema), ``TimeoutError``."""
        quick = quick_schemas.faults(schema, document)
        if quick is not None:
            return quick
        found: list[str] = self.ask("schema", seconds, schema=schema, document=document)
        return found

    def render(self, text: str, variables: dict[str, Any], *, seconds: float) -> str:
        """A template filled in; raises ``BadPattern`` (the template), ``TimeoutError``."""
        return str(self.ask("template", seconds, text=text, vars=variables))

    def ask(self, operation: str, seconds: float, **question: Any) -> Any:
        """What the child finds; raises ``BadPattern`` where the question is at fault, ``TimeoutError``."""
        line = json.dumps({"op": operation, **question}) + "\n"
        with self._lock:
            child = self._running()
            if operation not in self._warm:
                # The child's start and imports are not the pattern's fault.
                first = json.dumps({"op": operation, **WARM_UP[operation]}) + "\n"
                self._exchange(child, first, START_SECONDS)
                self._warm.add(operation)
            answer = self._exchange(child, line, seconds + len(line) / CHARACTERS_A_SECOND)
        if "error" in answer:
            raise BadPattern(answer["error"])
        return answer["found"]

    def _exchange(self, child: "subprocess.Popen[str]", line: str, seconds: float) -> Any:
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
                child.stdin.write(line)
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
