"""Every major of Langfuse's SDK for the lane ``sdk``: installed while other lanes run."""

import subprocess
import sys
from pathlib import Path

from tests.lanes.report import Report, say
from tests.serving.sdk.kits import FOLDER

HOME = Path(sys.prefix) / "sdk"
"""Beside the packages of the portal, and never among them."""


class Installation:
    """Starts at once and in the background; `finish` waits for it."""

    def __init__(self) -> None:
        say("Installing the majors of Langfuse's SDK in the background ...")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.serving.sdk.kits", str(HOME)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, report: Report) -> dict[str, str]:
        """Wait, and return what the lane's environment needs to know."""
        output, _ = self.process.communicate(timeout=900)
        if self.process.returncode:
            say(output[-3000:])
            report.skip("not every SDK could be installed: the lines are above")
        elif output.strip():
            report.skip(output.strip())
        return {FOLDER: str(HOME)}
