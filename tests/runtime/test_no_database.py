"""Commands against a database that was never set up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.runtime.paths import ROOT


@pytest.mark.parametrize(
    "words", [["verify_ledger", "--json"], ["import_prompts", "tests/registry/data/library.csv"]]
)
def test_a_missing_table_is_told_without_a_traceback(words: list[str], tmp_path: Path) -> None:
    others = ("DJANGO_", "DATABASE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Is it set up?" in done.stderr
    assert "Traceback" not in done.stderr
