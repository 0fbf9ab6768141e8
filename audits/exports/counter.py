"""How far a command has come: on a terminal twice a second, in a pipe not at all."""

import sys
import time
from typing import Any

from audits.exports.marks import Mark


class Counter:
    """Call it with marks; ``end`` closes the line if there is one."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._shown, self._since = stream, False, time.monotonic()

    def __call__(self, mark: Mark) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._since > 0.5:
            self._since, self._shown = time.monotonic(), True
            self._stream.write(f"\r{mark.count:,} entries", ending="")

    def end(self) -> None:
        """Leaves the line."""
        if self._shown:
            self._stream.write("")
