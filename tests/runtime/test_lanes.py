"""The sums and the warnings with which `make test` closes."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.lanes import lint, suites
from tests.lanes.report import Report

SAMPLE = """
import pytest
def test_passes(): pass
def test_fails(): assert False
def test_skips(): pytest.skip("no moon")
@pytest.fixture
def broken(): raise OSError
def test_errs(broken): pass
"""


def test_outcomes_are_counted_from_what_pytest_wrote(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    argv = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:django", "--junit-xml=r.xml"]
    bare = {"PATH": os.environ["PATH"]}  # no options of the pytest around this one
    subprocess.run([*argv, "test_sample.py"], cwd=tmp_path, env=bare, capture_output=True, check=False)
    assert suites.counts(tmp_path / "r.xml") == (1, 2, Counter({"no moon": 1}))


def test_without_a_result_nothing_is_counted(tmp_path: Path) -> None:
    assert suites.counts(tmp_path / "none.xml") == (0, 0, Counter())


def test_the_last_line_is_the_sum_alone() -> None:
    report = Report()
    report.lane("main", 10, 0, Counter({"no moon": 2}), 1.0)
    report.lane("real", 5, 1, Counter(), 1.0)
    assert report.text().splitlines()[-1] == "15 passed, 1 failed, 2 skipped"


def test_what_did_not_run_is_said_loudly_with_its_reason() -> None:
    report = Report()
    report.lane("main", 10, 0, Counter({"no moon": 2}), 1.0)
    report.skip("no samples")
    assert "!!! 2 x no moon\n!!! no samples" in report.text()


@pytest.mark.parametrize(("ci", "failed"), [("", 0), ("true", 1)])
def test_a_lane_that_cannot_run_fails_in_ci_only(
    monkeypatch: pytest.MonkeyPatch, ci: str, failed: int
) -> None:
    monkeypatch.setenv("CI", ci)
    report = Report()
    report.unavailable("postgres", "no wheel")
    assert report.failed == failed
    assert "the whole lane postgres: no wheel" in report.text()


def test_a_portal_on_this_machine_does_not_reach_into_the_tests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in suites.SETTINGS:
        monkeypatch.setenv(name, "mine")
    assert "mine" not in suites.clean_environment(tmp_path / "lane").values()


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "shell"])
def test_the_container_files_and_scripts_are_sound(name: str) -> None:
    code, output, _ = lint._check(lint.CHECKS[name])
    assert code == 0, output
