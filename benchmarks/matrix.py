"""The matrix of a run at two sizes: server time and queries of a page in the middle of a warm process.

The pages are asked of Django itself, in turn, on one database; the comparison was worked out before, as the
sweep does once a run is over. How long that takes is printed too.
"""

import argparse
import os
import subprocess
import sys
import time
from typing import Any

from benchmarks.house import House, middle


def main() -> None:
    """Prints medians in milliseconds at both sizes, their ratio, and the number of queries."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrix", description=__doc__)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.inside:
        _inside(wanted.small, wanted.large, wanted.requests)
        return
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), prompts=1, versions=1)
        told = ("--small", "--large", "--requests")
        sizes = [f"{name}={getattr(wanted, name[2:])}" for name in told]
        command = [sys.executable, "-m", "benchmarks.matrix", "--inside", *sizes]
        subprocess.run(command, env=house.env, check=True)


def _inside(small: int, large: int, requests: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from audits.identity.models import User
    from benchmarks.readers import WIDE, make_readers

    settings.ALLOWED_HOSTS = ["*"]
    make_readers(bulk=False)
    user = User.objects.get(username=WIDE)
    browser = Client()
    browser.force_login(user)
    pages = {size: _page(size) for size in (small, large)}
    times: dict[int, list[float]] = {small: [], large: []}
    queries: dict[int, int] = {}
    for turn in range(requests + 3):
        for size, address in pages.items():
            began = time.perf_counter()
            answer = browser.get(address)
            lasted = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code}")
            if turn >= 3:
                times[size].append(lasted)
    for size, address in pages.items():
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        queries[size] = len(asked)
    one, other = middle(times[small]), middle(times[large])
    print(f"matrix  {one:7.1f} ms at {small:,}  {other:7.1f} ms at {large:,}   ratio {other / one:4.2f}")
    print(f"queries {queries[small]} and {queries[large]}")


def _page(size: int) -> str:
    """Two finished runs of so many cases each, compared; the address of the matrix."""
    from django.utils import timezone

    from audits.identity.actors import Actor
    from prompts.evaluations.models import Result, Run
    from prompts.evaluations.services.compare_runs import compare_runs
    from prompts.evaluations.services.providers import create_provider
    from prompts.evaluations.services.suites import create_suite
    from prompts.registry.models import Version

    shell = Actor.shell()
    version = Version.objects.frozen().select_related("prompt").order_by("pk").first()
    suite = create_suite(actor=shell, name=f"bench-{size}", title="Bench")
    provider = create_provider(actor=shell, name=f"bench-{size}", kind="recorded")
    given: dict[str, Any] = {
        "prompt": version.prompt,
        "version": version,
        "suite": suite,
        "version_digest": version.digest,
        "case_digest": "0" * 64,
        "state": "finished",
        "providers": [{"id": provider.pk, "name": provider.name, "kind": "recorded", "model": ""}],
        "total": size,
        "finished_at": timezone.now(),
        "requested_by_name": "bench",
    }
    runs = []
    for turn in range(2):
        run = Run.objects.create(key=f"bench-{size}-{turn}", **given)
        Result.objects.bulk_create(
            (
                Result(
                    run=run,
                    case_name=f"case-{at:06}",
                    case_digest="0" * 64,
                    provider=provider,
                    state="fail" if (at * 7 + turn * 3) % 10 == 0 else "pass",
                    output=f"An answer to case {at}, in some words, turn {turn * (at % 3)}. " * 6,
                    latency_ms=at % 900,
                )
                for at in range(size)
            ),
            batch_size=2_000,
        )
        runs.append(run)
    began = time.perf_counter()
    compare_runs(actor=shell, left=runs[0], right=runs[1])
    print(f"worked out once for {size:,} cases in {time.perf_counter() - began:.2f} s")
    return f"/admin/evaluations/runs/{runs[1].pk}/matrix/"


if __name__ == "__main__":
    main()
