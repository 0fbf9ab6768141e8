"""Search, list page and prompt page among very many prompts: against the bare full-text query, and the demo.

Both portals are asked in turn, round by round. Nothing of a page is left out: the session, what the person
may see, and the whole rendering.
"""

import argparse
import json
import os
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.house import PYTHON, ROOT, manage, middle

MOST = {"search": 4.0, "page": 1.5}
PAGES = ("list page", "prompt page", "home page", "API list")
READERS = ("wide", "narrow", "few")


class Portal:
    """A process within one portal that measures what it is told to."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [PYTHON, "-m", "benchmarks.inside"]
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.about = self._say("? 0")

    def _say(self, line: str) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            raise SystemExit(f"The portal ended at {line!r}.")
        return json.loads(answer)  # type: ignore[no-any-return]

    def measure(self, name: str, times: int) -> None:
        """Adds one round of a target."""
        self.told.setdefault(name, []).append(self._say(f"{name} {times}"))

    def milliseconds(self, name: str) -> float:
        """The best of each round, in the middle of all rounds but the first, which warms up."""
        return middle([min(row["ms"]) for row in self.told[name][1:]])

    def queries(self, name: str) -> int:
        """Queries of the last round."""
        return int(self.told[name][-1]["queries"])

    def end(self) -> None:
        """Ends the process."""
        self._child.communicate()


def main() -> None:
    """Prints times and ratios; ends with 1 where a ratio is above the one to reach."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--prompts", type=int, default=100_000)
    parser.add_argument("--versions", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--data", type=Path, help="a folder that keeps the data for the next time (or made for it)"
    )
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = wanted.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imprimatur-")))
        bulk = Portal(
            environment(
                folder / "bulk",
                "bulk",
                ["generate_load", "--prompts", str(wanted.prompts), "--versions", str(wanted.versions)],
            )
        )
        stack.callback(bulk.end)
        demo = Portal(environment(folder / "demo", "demo", ["seed_demo"]))
        stack.callback(demo.end)
        for _ in range(wanted.rounds + 1):
            for name in bulk.about["names"]:
                bulk.measure(name, 3 if name.startswith("all") else 10)
                if name in PAGES:
                    demo.measure(name, 10)
    print(f"{wanted.prompts:,} prompts of {wanted.versions} versions; {bulk.about['vendor']}")
    missed = [*against_bare(bulk), *against_demo(bulk, demo)]
    for line in missed:
        print(line)
    raise SystemExit(1 if missed else 0)


def environment(folder: Path, name: str, fill: list[str]) -> dict[str, str]:
    """The settings of a portal that is migrated and filled; on PostgreSQL in a database ``…_name``."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR", "LOCAL_MODEL": "0"}
    env = {**env, "HOST": "127.0.0.1", "PYTHONWARNINGS": "ignore"}
    url = env.pop("DATABASE_URL", "")
    if url:
        env["DATABASE_URL"] = f"{url}_{name}"
        make_database(url, urlsplit(env["DATABASE_URL"]).path.lstrip("/"))
    marker = folder / ("filled-postgres" if url else "filled")
    manage(env, "migrate", "-v0")
    manage(env, "collectstatic", "--noinput", "-v0")
    if not marker.exists():
        manage(env, *fill)
        marker.touch()
    return env


def make_database(url: str, name: str) -> None:
    """Makes the database on the server of ``url``, if it is missing."""
    import psycopg

    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as link:
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            link.execute(f'CREATE DATABASE "{name}"')


def against_bare(bulk: Portal) -> list[str]:
    """The table of searches; returns what is above the ratio to reach."""
    missed = []
    for size in ("11", "all"):
        bare = bulk.milliseconds(f"{size}: bare")
        print(f"\nsearch that matches {size:4} {bare:9.2f} ms   the bare full-text query")
        for name in (*(f"{kind}, {reader}" for kind in ("search", "page") for reader in READERS), "API"):
            value, queries = bulk.milliseconds(f"{size}: {name}"), bulk.queries(f"{size}: {name}")
            print(f"  {name:22} {value:9.2f} ms   ratio {value / bare:6.1f}   {queries} queries")
            if name.startswith("search") and value > MOST["search"] * bare:
                missed.append(f"above {MOST['search']:g}: search that matches {size}, {name}")
    return missed


def against_demo(bulk: Portal, demo: Portal) -> list[str]:
    """The table of pages; returns what is above the ratio to reach or takes more queries."""
    print()
    missed = []
    for name in PAGES:
        one, other = demo.milliseconds(name), bulk.milliseconds(name)
        queries = f"{demo.queries(name)} and {bulk.queries(name)} queries"
        print(f"{name:12} {one:9.2f} ms on the demo   {other:9.2f} ms   ratio {other / one:5.2f}   {queries}")
        if other > MOST["page"] * one:
            missed.append(f"above {MOST['page']:g}: {name}")
        if bulk.queries(name) > demo.queries(name):
            missed.append(f"more queries than on the demo: {name}")
    return missed


if __name__ == "__main__":
    main()
