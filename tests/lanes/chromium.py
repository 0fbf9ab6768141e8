"""Debian's Chromium for the browser tests: installed where that is possible, while other lanes run."""

import os
import shutil
import subprocess

from tests.fixtures.browser import chromium
from tests.lanes.report import Report, say

COMMAND = (
    "apt-get update -qq && "
    "apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 chromium fonts-dejavu-core"
)


class Installation:
    """Starts at once and in the background; `finish` waits for it."""

    def __init__(self) -> None:
        self.impossible = ""
        self.process: subprocess.Popen[str] | None = None
        if chromium():
            return
        if os.geteuid() != 0:
            self.impossible = "Chromium is not installed, and only root may install it"
        elif not shutil.which("apt-get"):
            self.impossible = "Chromium is not installed, and there is no apt-get to install it with"
        else:
            say("Installing Debian's chromium in the background for the browser tests ...")
            self.process = subprocess.Popen(
                ["sh", "-c", COMMAND],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def finish(self, report: Report) -> dict[str, str]:
        """Wait, and return what the lane's environment needs to know."""
        if self.process:
            output, _ = self.process.communicate(timeout=900)
            if self.process.returncode:
                say(output[-3000:])
                report.skip("Chromium could not be installed: its lines are above")
        if self.impossible:
            report.skip(f"browser tests: {self.impossible}")
            return {"CHROMIUM_IMPOSSIBLE": "1"}
        return {}
