"""Everything that is checked without running the program."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.lanes.report import Report, say

BIN = Path(sys.executable).parent
CHECKS: dict[str, list[str]] = {
    "mypy": ["mypy"],
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "import-linter": ["lint-imports"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "Dockerfile": ["dockerfile-doctor", "--no-color", "Dockerfile"],
    "compose.yaml": ["compose-lint", "check", "--no-env", "--no-merge-overrides", "compose.yaml"],
    "shell": ["bash", "-n", ".ci/run"],
}


def run(report: Report) -> None:
    """Run all checks, two at a time, and show what the failing ones say."""
    say("\n=== lint " + "=" * 70)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(_check, CHECKS.values()))
    failed = 0
    for (name, _), (code, output, seconds) in zip(CHECKS.items(), results, strict=True):
        say(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.1f} s)")
        if code:
            failed += 1
            say(output)
    report.lane("lint", 0, failed, Counter(), time.monotonic() - began)


def _check(argv: list[str]) -> tuple[int, str, float]:
    began = time.monotonic()
    program = shutil.which(argv[0], path=f"{BIN}{os.pathsep}{os.environ['PATH']}") or argv[0]
    env = {**os.environ, "DOTENV_FILE": os.devnull}
    done = subprocess.run([program, *argv[1:]], capture_output=True, text=True, check=False, env=env)
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began
