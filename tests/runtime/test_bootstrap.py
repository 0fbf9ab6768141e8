"""Making `.venv`, with lock files that name nothing, so that no package index is needed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal import bootstrap
from portal.runtime.paths import ROOT


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-I", str(folder / "portal" / "bootstrap.py"), *options]
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=120)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "portal").mkdir()
    shutil.copy(ROOT / "portal" / "bootstrap.py", folder / "portal")
    for name in bootstrap.DEVELOPMENT:
        (folder / name).write_text("# nothing\n")
    assert "Installed in" in run(folder).stdout
    return folder


def test_it_makes_an_environment_that_works(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    found = subprocess.run([python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True)
    assert found.stdout.strip() == str(checkout / ".venv")


def test_it_does_and_says_nothing_when_nothing_changed(checkout: Path) -> None:
    before = (checkout / ".venv" / "installed.json").stat().st_mtime_ns
    assert run(checkout).stdout == ""
    assert (checkout / ".venv" / "installed.json").stat().st_mtime_ns == before


def test_it_installs_again_after_a_change_of_a_lock(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("# something else\n")
    assert "Installed in" in run(checkout).stdout


def test_what_the_tests_need_stays_when_only_the_rest_is_asked_for(checkout: Path) -> None:
    run(checkout, "--dev")
    assert run(checkout).stdout == ""
    assert json.loads((checkout / ".venv" / "installed.json").read_text())["dev"] is True


def test_a_broken_environment_is_made_anew(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text("broken")
    assert "Installed in" in run(checkout).stdout


@pytest.mark.parametrize("name", bootstrap.DEVELOPMENT)
def test_every_locked_package_is_pinned_by_hash(name: str) -> None:
    blocks = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    packages = [line for line in blocks if line[:1].isalnum()]
    assert packages
    assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", bootstrap.DEVELOPMENT)
def test_a_lock_names_no_package_index_and_no_folder(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not [
        word
        for word in ("://", "--index", "--find-links", "--extra", "file:", "/home", "/root")
        if word in text
    ]
