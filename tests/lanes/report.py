"""The sums of all lanes, and everything that was skipped, with its reason."""

import os
import sys
from collections import Counter
from dataclasses import dataclass, field


def say(text: str) -> None:
    """Print at once, in order with what child processes print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass
class Report:
    """Collects what each lane did."""

    lines: list[str] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def lane(self, name: str, passed: int, failed: int, skips: Counter[str], seconds: float) -> None:
        """Add one lane's counts; *skips* maps reasons to how many tests each kept from running."""
        skipped = skips.total()
        self.passed, self.failed, self.skipped = (
            self.passed + passed,
            self.failed + failed,
            self.skipped + skipped,
        )
        self.skips.update(skips)
        self.lines.append(
            f"{name:<9} {passed:>5} ok {failed:>4} failed {skipped:>4} skipped {seconds:>5.0f} s"
        )

    def skip(self, reason: str) -> None:
        """Something that did not run and is no test of its own."""
        self.skips[reason] += 0

    def unavailable(self, name: str, reason: str) -> None:
        """A whole lane could not run: said loudly, and a failure in CI."""
        self.lines.append(f"{name:<9} did not run: {reason}")
        self.skip(f"the whole lane {name}: {reason}")
        self.failed += bool(os.environ.get("CI"))

    def text(self) -> str:
        """The closing lines; the last one is the sum, alone."""
        lines = ["", "=" * 78, *self.lines]
        if self.skips:
            lines += ["", "!!! NOT RUN, AND WHY:"]
            lines += [f"!!! {f'{count} x ' if count else ''}{reason}" for reason, count in self.skips.items()]
        return "\n".join([*lines, "", f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"])
