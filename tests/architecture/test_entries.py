"""Every declared kind of ledger entry is produced by some test; the main lane fails where one is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audits.ledger.events import kinds
from tests.fixtures import entries

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.requirement("owasp-asvs/16-1-1")
def test_the_kinds_of_every_room_are_known() -> None:
    rooms = {name.partition(".")[0] for name in entries.declared()}
    assert rooms == {
        *(
            "ledger",
            "identity",
            "notices",
            "exports",
            "registry",
            "lifecycle",
            "releases",
            "evaluations",
            "portal",
            "observability",
        )
    }


def test_what_nobody_produced_is_named() -> None:
    assert entries.unproduced(entries.declared() - {"registry.prompt.created"}) == ["registry.prompt.created"]
    assert set(entries.declared()) <= set(kinds())


@pytest.mark.parametrize("processes", [[], ["-n", "1"]])
@pytest.mark.requirement("iso-42001/a-6-2-8")
def test_a_whole_suite_that_leaves_kinds_out_fails(processes: list[str]) -> None:
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *processes,
        "tests/architecture/test_shape.py",
        "-k",
        "small",
    ]
    told = {**os.environ, entries.VARIABLE: "1"}
    done = subprocess.run(words, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "registry.prompt.created" in done.stdout
