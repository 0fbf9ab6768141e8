"""The import contracts hold, and each of them can break."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "prompts", "audits")

FORBIDDEN = {
    "line": ("audits/ledger/canonical.py", "from prompts.registry import names"),
    "prompts": ("prompts/registry/names.py", "from prompts.releases import gates"),
    "audits": ("audits/ledger/canonical.py", "from audits.identity import roles"),
    "room": ("prompts/registry/models/prompt.py", "from prompts.registry import selectors"),
    "pure": ("prompts/releases/gates.py", "from django.db import models"),
}


def contracts() -> list[str]:
    """The ids of the contracts in pyproject.toml."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["id"] for contract in config["tool"]["importlinter"]["contracts"]]


def lint(folder: Path, *only: str) -> subprocess.CompletedProcess[str]:
    """Runs import-linter in ``folder``."""
    chosen = [part for name in only for part in ("--contract", name)]
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *chosen]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_all_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_every_contract_has_a_forbidden_import_here() -> None:
    assert set(FORBIDDEN) == set(contracts())


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(name: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    place, line = FORBIDDEN[name]
    target = tmp_path / place
    target.write_text(f"{target.read_text()}\n{line}\n")
    done = lint(tmp_path, name)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
