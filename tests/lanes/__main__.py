"""Runs the lanes that were asked for (all by default) and closes with one line of sums."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.fixtures import entries
from tests.fixtures.selection import VARIABLE
from tests.lanes import chromium, lint, postgres, sdks, suites
from tests.lanes.report import Report, say

NO_DATABASE = ("tests/runtime", "tests/architecture")
LANES = ("lint", "main", "real", "sdk", "postgres")
ON_REQUEST = ("soak",)
"""Lanes that run only when they are named."""
SOAK = {
    "SOAK_ROUNDS": "20",
    "SOAK_PROCESSES": "50",
    "SOAK_LIVES": "40",
    "SOAK_STEPS": "200",
    "SOAK_CASES": "20000",
    "SOAK_QUESTIONS": "40",
}


def main() -> int:
    """Exit status 0 if everything passed, 1 if anything failed, 2 for a lane that does not exist."""
    parser = argparse.ArgumentParser(prog="python -m tests.lanes", description=__doc__)
    parser.add_argument(
        "lanes",
        nargs="*",
        metavar="LANE",
        help=f"any of {', '.join((*LANES, *ON_REQUEST))}; default: all but those on request",
    )
    wanted = parser.parse_args().lanes or LANES
    if unknown := set(wanted) - {*LANES, *ON_REQUEST}:
        parser.error(f"no such lane: {', '.join(sorted(unknown))}")
    report = Report()
    if not os.environ.get("SAMPLES_DIR") and set(wanted) != {"lint"}:
        report.skip("SAMPLES_DIR is not set: tests of real data run on small fixtures only")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imp", dir="/tmp")))
        majors = sdks.Installation() if "sdk" in wanted else None
        browser = chromium.Installation() if "real" in wanted else None
        if "lint" in wanted:
            lint.run(report)
        if "main" in wanted:
            marks, env = "not browser and not worker and not sdk and not postgres", {entries.VARIABLE: "1"}
            suites.run(report, "main", folder, marks=marks, env=env)
        if browser:
            env = browser.finish(report)
            suites.run(report, "real", folder, marks="(browser or worker) and not postgres", env=env)
        if majors:
            suites.run(report, "sdk", folder, marks="sdk", env=majors.finish(report), aloud=True)
        if {"postgres", "soak"} & set(wanted):
            url, reason = stack.enter_context(postgres.server())
            if not url:
                report.unavailable("postgres", reason)
            if url and "postgres" in wanted:
                env = {"DATABASE_URL": url, VARIABLE: "1"}
                marks = "not browser and not sdk and (not worker or postgres)"
                suites.run(report, "postgres", folder, marks=marks, env=env, leave_out=NO_DATABASE)
            if url and "soak" in wanted:
                env = {"DATABASE_URL": url, **SOAK}
                suites.run(report, "soak", folder, marks="soak", env=env, leave_out=NO_DATABASE)
    say(report.text())
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
