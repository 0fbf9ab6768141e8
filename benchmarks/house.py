"""A portal of synthetic data in a folder of its own, and web servers that end with their block."""

import base64
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable


class House:
    """An own DATA_DIR with released prompts of so many versions each, and a key that reads them."""

    def __init__(self, folder: Path, *, prompts: int, versions: int) -> None:
        self.env = {**os.environ, "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING", "PYTHONWARNINGS": "ignore"}
        for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
            self.env.pop(name, None)
        self.manage("migrate", "-v0")
        self.manage("setup_portal")
        self.manage("collectstatic", "--noinput", "-v0")
        self.manage("generate_load", "--prompts", str(prompts), "--versions", str(versions))
        key = json.loads(
            self.manage(
                *(
                    "create_service_account",
                    "bench",
                    "--all-collections",
                    "--environment",
                    "production",
                    "--json",
                )
            )
        )
        pair = base64.b64encode(f"{key['public_key']}:{key['secret_key']}".encode()).decode()
        self.headers = {"Authorization": f"Basic {pair}"}

    def manage(self, *words: str) -> str:
        """Runs a management command and returns what it printed."""
        return manage(self.env, *words)


def manage(env: dict[str, str], *words: str) -> str:
    """Runs a management command in an environment and returns what it printed."""
    command = [PYTHON, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def house(*, prompts: int, versions: int) -> Iterator[House]:
    """A house that is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as folder:
        yield House(Path(folder), prompts=prompts, versions=versions)


@contextmanager
def server(target: str, env: dict[str, str]) -> Iterator[int]:
    """granian with one worker serving ``module:callable``; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [PYTHON, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "4", "--no-ws", "--log-level", "error", target]
    child = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        for _ in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        child.terminate()
        child.wait(10)


def milliseconds(port: int, paths: list[str], headers: dict[str, str]) -> list[float]:
    """Asks each path once over one kept connection; the time of each answer in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    connection.close()
    return times


def middle(times: list[float]) -> float:
    """The median."""
    return statistics.median(times)
