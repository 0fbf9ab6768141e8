"""The whole portal as `make run` starts it, without the demo organisation."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.runtime import services
from portal.runtime.leftovers import born
from portal.runtime.paths import ROOT
from tests.fixtures.processes import free_port, wait_until

pytestmark = [pytest.mark.worker, pytest.mark.timeout(400)]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "DOTENV_FILE", "PYTHONPATH")


class Portal:
    """`manage.py serve` on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: os.environ[key] for key in KEPT if key in os.environ}
        ours = {"DATA_DIR": str(self.folder / "var"), "PORT": str(self.port), "DEMO": "0", "LOCAL_MODEL": "0"}
        return {"DOTENV_FILE": os.devnull, **kept, **ours, **more}

    def start(self) -> None:
        """Start it and wait for its greeting."""
        with (self.folder / "log").open("wb") as log:
            argv = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(argv, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)
        wait_until(lambda: "answers on" in self.log() or self.process.poll() is not None, 500)
        assert self.process.poll() is None, self.log()

    def run(self, **more: str) -> subprocess.CompletedProcess[str]:
        """Start it where it is expected to refuse."""
        argv, env = [sys.executable, "manage.py", "serve"], self.environment(**more)
        return subprocess.run(
            argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def pids(self) -> dict[str, int]:
        found = (self.folder / "var" / "run" / "children.json").read_text()
        return {name: int(pid) for name, pid in re.findall(r'"(\w+)": {"pid": (\d+)', found)}

    def answers(self) -> bool:
        return services.is_healthy("127.0.0.1", self.port)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("serve"))
    yield portal
    if portal.process and portal.process.poll() is None:
        portal.stop()


def test_it_starts_works_heals_and_stops(portal: Portal) -> None:
    portal.start()
    assert portal.answers()
    assert set(portal.pids()) == {"broker", "web", "worker", "beat"}
    _check_token(portal)
    _check_healing(portal)
    refused = portal.run()
    assert (refused.returncode, "already" in refused.stderr) == (2, True)
    pids = portal.pids()
    assert portal.stop(signal.SIGINT) == 0, portal.log()
    assert not any(born(pid) for pid in pids.values())
    assert not portal.answers()
    portal.start()
    assert "up to date" not in portal.log(), "a second start has less to do"
    assert portal.stop(signal.SIGTERM) == 0


def _check_token(portal: Portal) -> None:
    token = (portal.folder / "var" / "setup-token").read_text()
    assert f"http://127.0.0.1:{portal.port}/setup/?token={token}" in portal.log()


def _check_healing(portal: Portal) -> None:
    for name in ("broker", "web", "worker", "beat"):
        before = portal.pids()[name]
        os.kill(before, signal.SIGKILL)
        wait_until(lambda name=name, before=before: portal.pids().get(name, before) != before)
    wait_until(portal.answers)


def test_a_taken_port_stops_it_before_anything_starts(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    with socket.create_server(("127.0.0.1", portal.port)):
        refused = portal.run()
    assert refused.returncode == 2
    assert f"Port {portal.port} on 127.0.0.1 is taken" in refused.stderr
    assert not list((tmp_path / "var").glob("*.sqlite3"))


def test_demo_log_ins_never_leave_the_machine(tmp_path: Path) -> None:
    refused = Portal(tmp_path).run(DEMO="1", HOST="192.0.2.1")
    assert refused.returncode == 2
    assert "refused on HOST=192.0.2.1" in refused.stderr


def test_a_setting_that_makes_no_sense_is_told_in_one_line(tmp_path: Path) -> None:
    refused = Portal(tmp_path).run(PORT="abc")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("PORT is 'abc'")
    assert "Traceback" not in refused.stderr


def test_a_broker_that_is_given_is_not_started(tmp_path: Path, real_broker) -> None:
    portal = Portal(tmp_path)
    url = "redis+socket://" + real_broker.spec.argv[real_broker.spec.argv.index("--unixsocket") + 1]
    portal.environment = lambda **more: {**Portal.environment(portal, **more), "REDIS_URL": url}
    portal.start()
    assert set(portal.pids()) == {"web", "worker", "beat"}
    assert portal.answers()
    assert portal.stop() == 0
