"""Processes of an earlier supervisor that was killed: they are ended before new ones start."""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from portal.runtime.paths import run_dir

PATIENCE = 15.0
"""Seconds that leftovers get to end by themselves; on Linux the kernel told them when their parent died."""


def remember(pids: dict[str, int]) -> None:
    """Write down what runs, with each process's time of start, since process ids are used again."""
    found = {name: {"pid": pid, "born": born(pid)} for name, pid in pids.items()}
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(found), encoding="utf-8")
    draft.replace(_file())


def forget() -> None:
    """Nothing runs any more."""
    _file().unlink(missing_ok=True)


def clear() -> list[str]:
    """End what an earlier supervisor left running and return the names. Hold the portal's lock meanwhile."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        left = {
            name: int(entry["pid"]) for name, entry in found.items() if entry["born"] == born(entry["pid"])
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    names = list(left)
    for pid in left.values():
        _kill(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while left and time.monotonic() < end:
        left = {name: pid for name, pid in left.items() if found[name]["born"] == born(pid)}
        time.sleep(0.1)
    for pid in left.values():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    forget()
    return names


def born(pid: int) -> str:
    """When that process started, as the system tells it; empty if there is none (or only its corpse)."""
    try:
        fields = Path(f"/proc/{int(pid)}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
    listed = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(int(pid))], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip()


def _kill(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _file() -> Path:
    return run_dir() / "children.json"
