"""What is checked before anything starts."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portal.runtime import preflight
from portal.runtime.paths import ROOT
from tests.fixtures.processes import free_port

EVERYWHERE = "0.0.0.0"  # noqa: S104  the tests are about refusing it


def test_a_free_port_is_fine() -> None:
    preflight.check_port("127.0.0.1", free_port())


def test_a_taken_port_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(preflight.CannotStart, match=rf"Port {port} .* PORT={port + 1} make run"):
            preflight.check_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.1", 8000), ("127.0.0.1", 99999), ("no.such.host.invalid", 80)]
)
def test_an_impossible_address_is_told(host: str, port: int) -> None:
    with pytest.raises(preflight.CannotStart, match="is not a"):
        preflight.check_port(host, port)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *[(host, True) for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "LocalHost")],
        *[(host, False) for host in (EVERYWHERE, "::", "10.0.0.1", "portal.example", "")],
    ],
)
def test_loopback_is_known(host: str, expected: bool) -> None:
    assert preflight.is_loopback(host) is expected


def test_demo_log_ins_are_refused_beyond_this_machine(data_dir: Path) -> None:
    with pytest.raises(preflight.CannotStart, match="DEMO=0"):
        preflight.check_demo(EVERYWHERE, demo=True)


def test_demo_log_ins_that_exist_are_refused_beyond_this_machine(data_dir: Path) -> None:
    (data_dir / "demo-logins.json").write_text("{}")
    with pytest.raises(preflight.CannotStart, match="demo-logins"):
        preflight.check_demo(EVERYWHERE, demo=False)


def test_without_demo_any_address_is_fine(data_dir: Path) -> None:
    preflight.check_demo(EVERYWHERE, demo=False)


def test_a_second_portal_on_the_same_data_is_refused(data_dir: Path) -> None:
    code = "from portal.runtime.preflight import only_one\nwith only_one('http://b'): pass"
    with preflight.only_one("http://127.0.0.1:1234"):
        other = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert other.returncode == 1
    assert "http://127.0.0.1:1234" in other.stderr


def test_the_lock_is_free_again_afterwards(data_dir: Path) -> None:
    for _ in range(2):
        with preflight.only_one("http://127.0.0.1:1234"):
            pass
