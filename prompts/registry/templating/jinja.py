"""Jinja2 in a child process with limits of memory, processor time, output and waiting. Pure of Django.

One child serves many requests and is replaced when a template brought it down. Missing variables are empty,
as Jinja2 has it by default; one newline at the very end of a template is dropped, as Jinja2 has it too.
"""

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prompts.registry.templating.faults import TemplateFault

CHILD = Path(__file__).with_name("jinja_child.py")
PATIENCE = 10.0
"""Seconds to wait for an answer: more than the processor time a template may use, for a busy machine."""
LONGEST_ANSWER = 32_000_000
"""Bytes of one answer: a text of the longest length with every character written as an escape."""


class Child:
    """A process that fills templates in, started when first asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._owner = 0

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The child's answer; raises ``TemplateFault`` where it was stopped."""
        with self._lock:
            process = self._running()
            try:
                return self._exchange(process, json.dumps(request).encode() + b"\n")
            except (OSError, ValueError):
                self.stop()
                raise TemplateFault("the text takes too much time or memory to fill in") from None
            except TemplateFault:
                self.stop()
                raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            # After a fork the pipe would be shared with the parent: each process has a child of its own.
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                bufsize=0,
            )
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], line: bytes) -> dict[str, Any]:
        assert process.stdin is not None  # noqa: S101  opened as pipes above
        assert process.stdout is not None  # noqa: S101
        out, into = process.stdout.fileno(), process.stdin.fileno()
        os.set_blocking(into, False)
        deadline, sent, got = time.monotonic() + PATIENCE, 0, bytearray()
        with selectors.DefaultSelector() as waiting:
            waiting.register(into, selectors.EVENT_WRITE)
            waiting.register(out, selectors.EVENT_READ)
            while not got.endswith(b"\n"):
                ready = waiting.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise TemplateFault(f"the text takes more than {PATIENCE:.0f} seconds to fill in")
                for key, _ in ready:
                    if key.fd == into:
                        sent += os.write(into, line[sent : sent + 65536])
                        if sent == len(line):
                            waiting.unregister(into)
                    elif chunk := os.read(out, 1 << 20):
                        got += chunk
                    else:
                        raise TemplateFault("the text takes too much time or memory to fill in")
                if len(got) > LONGEST_ANSWER:
                    raise TemplateFault("the text becomes too long")
        answer: dict[str, Any] = json.loads(got)
        return answer

    def stop(self) -> None:
        """Ends the process; the next request starts another."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


_child = Child()
atexit.register(_child.stop)


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    answer = _child.ask(request)
    if "error" in answer:
        raise TemplateFault(answer["error"], line=answer.get("line") or 0, name=answer.get("name") or "")
    return answer


def render(text: str, variables: Mapping[str, Any], partials: Mapping[str, str]) -> str:
    """The filled-in text; raises ``TemplateFault``."""
    return str(_ask({"template": text, "vars": dict(variables), "partials": dict(partials)})["text"])


def find_variables(text: str) -> list[str]:
    """The names that the template takes from outside, in order of appearance."""
    return list(_ask({"template": text, "examine": True})["variables"])


def find_partials(text: str) -> list[str]:
    """The names of the templates that it includes, imports or extends."""
    return list(_ask({"template": text, "examine": True})["partials"])
