"""The child of ``slow_lane``: answers each JSON line with one, until its input ends. Run by path, alone."""

import contextlib
import importlib
import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 3 * 1024**3
"""Bytes of addresses: an output of 50 MB in several copies, and no more."""
OPERATIONS = {
    "schema": "schemas",
    "template": "templates",
    "cel": "expressions",
    "html": "html",
    "sql": "sql",
}
"""Which module answers; each has one function of the operation's name."""


def search(pattern: str, text: str) -> bool:
    """Whether the pattern is found; a look-behind of variable length is none of ``re``'s."""
    try:
        return re.search(pattern, text, re.ASCII) is not None
    except re.error as error:
        if "look-behind" not in str(error):
            raise
    import regex

    return regex.search(pattern, text, regex.ASCII) is not None


def answer(line: str) -> dict[str, Any]:
    """The answer to one line; a fault of the question is an answer too."""
    question = json.loads(line)
    try:
        if question["op"] == "search":
            return {"found": search(question["pattern"], question["text"])}
        module = importlib.import_module(f"slow_{OPERATIONS[question['op']]}")
        return {"found": module.answer(question)}
    except Exception as error:  # noqa: BLE001  whatever a hostile pattern or schema raises is told, not fatal
        return {"error": str(getattr(error, "message", error))[:300] or type(error).__name__}


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parent))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for received in sys.stdin:
        sys.stdout.write(json.dumps(answer(received)) + "\n")
        sys.stdout.flush()
