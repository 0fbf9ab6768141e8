"""Children under supervision, with small real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.runtime import leftovers
from portal.runtime.children import visible
from portal.runtime.paths import ROOT
from tests.fixtures.processes import wait_until

Start = Callable[..., "Run"]
SLEEPER = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); " + SLEEPER


class Run:
    """A supervisor in a process of its own; `children` maps names to Python code."""

    def __init__(self, log: Path, children: dict[str, str], grace: float) -> None:
        self.log = log
        code = f"""
            import sys
            from portal.runtime import leftovers
            from portal.runtime.children import Spec
            from portal.runtime.supervisor import Stopped, Supervisor
            leftovers.clear()
            boss = Supervisor(on_start=leftovers.remember)
            with boss.signals():
                try:
                    for name, code in {children!r}.items():
                        boss.keep(Spec(name, [sys.executable, "-c", code], grace={grace}))
                    boss.forever()
                except Stopped:
                    boss.stop()
        """
        with log.open("w") as out:
            argv = [sys.executable, "-c", textwrap.dedent(code)]
            self.process = subprocess.Popen(argv, cwd=ROOT, stdout=out, stderr=out)

    def lines(self, name: str) -> list[str]:
        found = (line.split("| ", 1) for line in self.log.read_text().splitlines())
        return [words[-1] for words in found if words[0].strip() == name]

    def pids(self, name: str) -> list[int]:
        return [int(line.split()[1]) for line in self.lines(name) if line.startswith("pid ")]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@pytest.fixture
def start(data_dir: Path, tmp_path: Path) -> Iterator[Start]:
    runs: list[Run] = []

    def begin(grace: float = 5, expect: int = 1, **children: str) -> Run:
        runs.append(Run(tmp_path / f"log{len(runs)}", children, grace))
        wait_until(lambda: all(len(runs[-1].pids(name)) >= expect for name in children))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait()


def gone(pid: int) -> bool:
    return not leftovers.born(pid)


def test_each_line_carries_the_name_of_its_child(start: Start) -> None:
    run = start(one=SLEEPER, two=SLEEPER)
    assert run.pids("one") != run.pids("two")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_newest_first(start: Start, number: signal.Signals) -> None:
    run = start(one=SLEEPER, two=SLEEPER)
    assert run.stop(number) == 0
    assert run.lines("portal") == ["stopping two", "stopping one"]
    assert all(gone(pid) for pid in run.pids("one") + run.pids("two"))


def test_a_killed_child_is_started_again_and_said_so(start: Start) -> None:
    run = start(one=SLEEPER)
    os.kill(run.pids("one")[0], signal.SIGKILL)
    wait_until(lambda: len(run.pids("one")) == 2)
    assert run.lines("portal") == [
        "one was ended by SIGKILL; starting it again in 0.5 s",
        "starting one again",
    ]


def test_the_pause_before_a_restart_grows(start: Start) -> None:
    run = start(one="import os; print('pid', os.getpid()); raise SystemExit(3)", expect=3)
    said = [line for line in run.lines("portal") if "exit status 3" in line]
    assert [line.split()[-2] for line in said[:2]] == ["0.5", "1"]


def test_what_a_dead_child_had_started_dies_with_it(start: Start) -> None:
    run = start(one=PARENT, expect=2)
    parent, child = sorted(run.pids("one"))
    os.kill(parent, signal.SIGKILL)
    wait_until(lambda: gone(child))


def test_a_stubborn_child_is_killed_after_its_grace(start: Start) -> None:
    run = start(grace=0.5, one=STUBBORN)
    began = time.monotonic()
    assert run.stop() == 0
    assert time.monotonic() - began < 5
    assert "one did not end in time and is killed" in run.lines("portal")


def test_signals_sent_together_are_one_request(start: Start) -> None:
    run = start(
        one="import signal, sys, time; signal.signal(15, lambda *_: (time.sleep(.7), sys.exit())); " + SLEEPER
    )
    run.process.send_signal(signal.SIGINT)
    assert run.stop(signal.SIGTERM) == 0
    assert run.lines("portal") == ["stopping one"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_children_end_when_the_supervisor_is_killed(start: Start) -> None:
    run = start(one=SLEEPER)
    run.stop(signal.SIGKILL)
    wait_until(lambda: gone(run.pids("one")[0]))


def test_the_next_start_ends_what_a_killed_supervisor_left(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "PATIENCE", 0.5)
    first = start(one=STUBBORN)
    first.stop(signal.SIGKILL)
    assert leftovers.clear() == ["one"]
    wait_until(lambda: gone(first.pids("one")[0]))


def test_a_process_that_only_has_the_same_number_is_left_alone(data_dir: Path) -> None:
    leftovers.remember({"me": os.getpid()})
    file = data_dir / "run" / "children.json"
    file.write_text(file.read_text().replace(leftovers.born(os.getpid()), "1"))
    assert leftovers.clear() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"pid": "x", "born": "y"}}'])
def test_a_broken_note_of_leftovers_is_no_obstacle(data_dir: Path, text: str) -> None:
    (data_dir / "run").mkdir()
    (data_dir / "run" / "children.json").write_text(text)
    assert leftovers.clear() == []


def test_a_log_line_cannot_command_the_terminal() -> None:
    assert visible(b"\x1b[2J\x9b\xff\tok\r") == "\\x1b[2J\\x9b\\xff\tok"
