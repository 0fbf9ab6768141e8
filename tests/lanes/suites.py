"""One run of pytest as a lane."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET  # of a file that pytest wrote a moment ago
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.lanes.report import Report, say

NO_TESTS = 5
SETTINGS = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "METRICS_TOKEN", "OUTGOING_ALLOWED_NETWORKS", "STATIC_ROOT"),
    *("HOST", "PORT", "PUBLIC_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEMO", "DEBUG", "LOG_LEVEL"),
    *("DJANGO_SETTINGS_MODULE", "IMPRIMATUR_ACTOR", "LOCAL_MODEL", "PYTHONDONTWRITEBYTECODE"),
)
"""What ties tests to the portal that lives on this machine, or has each process compile all code."""


def run(
    report: Report,
    name: str,
    folder: Path,
    *,
    marks: str,
    env: Mapping[str, str] | None = None,
    leave_out: tuple[str, ...] = (),
    aloud: bool = False,
) -> None:
    """Run the tests that the marker expression picks, in two processes, and add them to the report.

    *leave_out* names folders of tests that would say nothing new in this lane. *aloud*: in one process, and
    what the tests print is shown.
    """
    say(f"\n=== {name} " + "=" * (74 - len(name)))
    began, results = time.monotonic(), folder / f"{name}.xml"
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        marks,
        *(["-s"] if aloud else ["-n", "2"]),
        f"--junit-xml={results}",
    ]
    argv += [f"--ignore={path}" for path in leave_out]
    code = subprocess.run(
        argv, env={**clean_environment(folder / name), **(env or {})}, check=False
    ).returncode
    passed, failed, skips = counts(results)
    if code == NO_TESTS:
        report.skip(f"the lane {name} has no tests")
    elif code and not failed:
        failed = 1  # an error outside any test
    report.lane(name, passed, failed, skips, time.monotonic() - began)


def clean_environment(folder: Path) -> dict[str, str]:
    """The environment without the settings of a portal that lives on this machine, or of its `.env`."""
    folder.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if key not in SETTINGS}
    return {**kept, "DATA_DIR": str(folder), "DOTENV_FILE": os.devnull}


def counts(results: Path) -> tuple[int, int, Counter[str]]:
    """Passed, failed (errors included) and the reasons of skips, from pytest's JUnit file."""
    passed, failed, skips = 0, 0, Counter[str]()
    if not results.exists():
        return passed, failed, skips
    for case in ET.parse(results).iter("testcase"):  # noqa: S314  our own file
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif (skipped := case.find("skipped")) is not None:
            skips[skipped.get("message") or "no reason given"] += 1
        else:
            passed += 1
    return passed, failed, skips
