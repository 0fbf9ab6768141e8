"""Evaluation runs: cases a second with all results stored, the time of a slow provider, and peak memory.

    python -m benchmarks.runs                           all sizes
    python -m benchmarks.runs one cases.jsonl echo 4    one suite and its run, for a harness

Each case has three assertions (contains, icontains, regex). The provider of instant answers gives back what
it is asked; the slow one is a server of our own that sleeps. Everything goes through the services: the suite
is written from a file, the run is started, worked on in one process and closed with its digest. ``one`` keeps
its portal in DATA_DIR and makes it there when it is first called.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.house import House

WORDS = ("return", "refund", "invoice", "contract", "parcel", "delivery", "account", "password", "price")
ASSERTIONS = [
    {"type": "contains", "value": "{{number}}"},
    {"type": "icontains", "value": "{{word}}"},
    {"type": "regex", "value": r"number \d{5}"},
]
TEXT = "Answer about {{word}} number {{number}} in one line."
SLEEP = 0.1


def main() -> int:
    """Exit status 1 where a case did not pass."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.runs", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", nargs="*", help="nothing, or: one CASES.jsonl URL|echo CONCURRENCY")
    parser.add_argument("--sizes", default="10000,100000", help="how many cases, with instant answers")
    parser.add_argument("--sleeping", type=int, default=10_000, help="how many cases of 100 ms; 0 for none")
    wanted = parser.parse_args()
    if wanted.what:
        return _inside(*wanted.what)
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as folder:
        _all(Path(folder), [int(size) for size in wanted.sizes.split(",") if size], wanted.sleeping)
    return 0


def _all(folder: Path, sizes: list[int], sleeping: int) -> None:
    house = House(folder / "house", prompts=1, versions=1)
    for size in sizes:
        row = _measured(house, folder, size, "echo", 4)
        print(f"{size:,} cases, instant answers: written in {row['written']:.1f} s; {_told(row)}", flush=True)
    if sleeping:
        with _sleeper() as url:
            row = _measured(house, folder, sleeping, url, 32)
        ideal = sleeping * SLEEP / 32
        print(f"{sleeping:,} cases of {SLEEP:g} s, 32 at once: {_told(row)}")
        print(f"    {row['seconds'] / ideal:.3f} times the ideal of {ideal:.2f} s")


def _told(row: dict[str, Any]) -> str:
    """``started`` is the time to start the run, ``seconds`` goes from its first to its last timestamp."""
    return (
        f"started in {row['started']:.2f} s, run in {row['seconds']:.2f} s "
        f"({row['cases'] / row['seconds']:,.0f} cases/s), peak {row['peak_mb']:.0f} MB"
    )


def _measured(house: House, folder: Path, size: int, url: str, concurrency: int) -> dict[str, Any]:
    """The suite is written by one process, its run is worked on by another one."""
    path = folder / f"cases-{size}-{'echo' if url == 'echo' else 'sleeping'}.jsonl"
    with path.open("w") as out:
        for at in range(size):
            case = {"id": at, "word": WORDS[at % 9], "number": str(10_000 + at % 90_000)}
            out.write(json.dumps(case) + "\n")
    told: dict[str, Any] = {}
    for act in ("write", "work"):
        command = [sys.executable, "-m", "benchmarks.runs", act, str(path), url, str(concurrency)]
        found = subprocess.run(command, env=house.env, check=True, stdout=subprocess.PIPE, text=True)
        told |= json.loads(found.stdout)
    return told


@contextmanager
def _sleeper() -> Iterator[str]:
    """A server in a process of its own that answers each question with itself after ``SLEEP``."""
    command = [sys.executable, "-c", "from benchmarks.runs import serve; serve()"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout
        yield child.stdout.readline().strip()
    finally:
        child.terminate()
        child.wait(10)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers one connection's questions; one loop for all, since the cores are wanted for the run."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            asked = json.loads(await reader.readexactly(length))
            await asyncio.sleep(SLEEP)
            body = json.dumps({"output": asked["prompt"]}).encode()
            size = str(len(body)).encode()
            told = b"content-type: application/json\r\ncontent-length: " + size
            writer.write(b"HTTP/1.1 200 OK\r\n" + told + b"\r\n\r\n" + body)
    writer.close()


def serve() -> None:
    """Serves until it is ended; prints its address first."""

    async def forever() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
        await server.serve_forever()

    asyncio.run(forever())


def _inside(act: str, file: str, url: str, concurrency: str) -> int:
    """``write`` the suite, ``work`` on a run of it, or ``one``: both."""
    os.environ["OUTGOING_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    began = time.perf_counter()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    if act == "one" and not (settings.DATA_DIR / "imprimatur.sqlite3").exists():
        call_command("migrate", verbosity=0)
    told: dict[str, Any] = {"ready": time.perf_counter() - began}
    # Each call of ``one`` writes a suite of its own, also of the same cases.
    name = f"bench-{Path(file).stem}" + (f"-{time.time_ns()}" if act == "one" else "")
    if act in {"one", "write"}:
        began = time.perf_counter()
        _write(Path(file), name)
        told["written"] = time.perf_counter() - began
    if act in {"one", "work"}:
        told |= _work(name, url, int(concurrency))
    print(json.dumps(told))
    return 0 if told.get("passed") == told.get("cases") else 1


def _suite_file(path: Path) -> Any:
    from prompts.evaluations.suite_files import read_from
    from prompts.evaluations.suite_files.folder import Folder

    cases = (json.loads(line) for line in path.read_text().splitlines())
    tests = [{"vars": {"word": case["word"], "number": case["number"]}} for case in cases]
    told = json.dumps({"defaultTest": {"assert": ASSERTIONS}, "tests": tests})
    return read_from(Folder(None, {"suite.json": told.encode()}), "suite.json")


def _write(path: Path, name: str) -> None:
    from audits.identity.actors import Actor
    from prompts.evaluations.services.suite_from_file import suite_from_file

    suite_from_file(actor=Actor.shell(), file=_suite_file(path), collection=None, name=name)


def _work(suite_name: str, url: str, concurrency: int) -> dict[str, Any]:
    from prompts.evaluations.models import Suite
    from prompts.evaluations.services.start_run import start_run
    from prompts.evaluations.services.work_on_run import work_on_run

    actor, version, provider = _stage(url)
    began = time.perf_counter()
    suite = Suite.objects.get(name=suite_name)
    run = start_run(
        actor=actor, version_id=version.pk, suite_id=suite.pk, providers=[provider], concurrency=concurrency
    )
    started = time.perf_counter() - began
    done = run
    while not done.is_over:
        found = work_on_run(run_id=run.pk)
        assert found is not None
        done = found
    return {
        "cases": done.total,
        "passed": done.passed,
        "started": started,
        "seconds": float(done.seconds or 0),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _stage(url: str) -> tuple[Any, Any, Any]:
    """Who starts runs, a frozen version, and the provider; made once in a house."""
    from audits.identity.actors import Actor
    from prompts.evaluations.models import Provider
    from prompts.evaluations.services.providers import create_provider
    from prompts.registry.models import Version
    from prompts.registry.services.collections import create_collection
    from prompts.registry.services.freeze import freeze_version
    from prompts.registry.services.prompts import create_prompt

    shell, actor = Actor.shell(), Actor.system("bench")
    version = Version.objects.filter(prompt__name="bench/answer").first()
    if version is None:
        create_collection(actor=shell, slug="bench")
        prompt = create_prompt(actor=shell, name="bench/answer", text=TEXT)
        version = freeze_version(actor=actor, version_id=Version.objects.get(prompt=prompt).pk)
    told: dict[str, Any] = {"kind": "recorded", "parameters": {"otherwise": "echo"}}
    if url != "echo":
        parameters = {"body": {"prompt": "{{prompt}}"}, "output": "output"}
        told = {"kind": "http", "base_url": url, "parameters": parameters}
    name = "bench" if url == "echo" else f"bench-{urlsplit(url).port}"
    provider = Provider.objects.filter(name=name).first()
    return actor, version, provider or create_provider(actor=shell, name=name, **told)


if __name__ == "__main__":
    sys.exit(main())
